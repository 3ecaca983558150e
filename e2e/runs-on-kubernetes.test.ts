/**
 * The chart on a real cluster: npm run cluster:up and what docs/kubernetes.md claims of it. It needs the kit and root
 * (or kind); without them it is skipped, and says why.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { tableOf } from '../audit/show.ts';
import type { AuditReport } from '../audit/verdict.ts';
import { auditWith } from '../tools/cluster/audit.ts';
import { install, uninstall } from '../tools/cluster/install.ts';
import { RELEASE } from '../tools/cluster/kube.ts';
import { type LoadPlan, underLoad } from '../tools/cluster/load.ts';
import { login, placeOrder, servicesIn, traceOf } from '../tools/cluster/order.ts';
import { findPlace, type Place } from '../tools/cluster/place.ts';
import { startProgress } from '../tools/cluster/progress.ts';
import { killAll } from '../tools/cluster/prove-kills.ts';
import { allowed, proveNetwork, proveRestricted } from '../tools/cluster/prove-network.ts';
import { badImage, badPostgres, revisionOf, rollback, upgradeInTurn } from '../tools/cluster/prove-upgrades.ts';
import { proveValues } from '../tools/cluster/prove-values.ts';
import { type ClusterSystem, installedSystem } from '../tools/cluster/system.ts';
import { sum, usageOf } from '../tools/cluster/usage.ts';
import { ask } from '../tools/order/api.ts';
import { services } from '../topology.ts';

const UP_MS_MAX = 10 * 60_000;
const TEST_MS_MAX = 5 * 60_000;
const HELM_TEST_MS_MAX = 180_000;
const LOAD: LoadPlan = { rate: 5, seed: 6, secondsMax: 300 };
const GIB = 1_073_741_824;
/**
 * cluster:prove asks for none. Beside a neighbour 2 of 552 ran into their deadlines; a pod that gets traffic before it serves
 * or after it has left would cost a tenth and more.
 */
const FAILED_SHARE_MAX = 0.01;

/** Figures are the point of some of these tests, so they are printed, past jest's own report of each line's place. */
const progress = startProgress((line) => process.stderr.write(`${line}\n`));

async function placeHere(): Promise<{ place?: Place; why?: string }> {
  try {
    const place = findPlace();
    if (place.down === undefined) return { why: 'SEAMS_CONTEXT names a cluster that is not ours to take away' };
    if (place.name.includes('kit') && process.getuid?.() !== 0) return { why: 'the kit needs root' };
    if (await place.exists()) return { why: `a cluster runs already (${place.name})` };
    return { place };
  } catch (error) {
    return { why: (error as Error).message };
  }
}

const { place, why } = await placeHere();
if (why !== undefined) process.stderr.write(`the test on Kubernetes is skipped: ${why}\n`);

/** What was breached goes with the cluster, so it is printed. */
function expectClean(audit: AuditReport): void {
  if (!audit.clean) for (const line of tableOf(audit)) progress.say(line);
  expect(audit).toMatchObject({ clean: true });
}

let system: ClusterSystem;

(place ? describe : describe.skip)('on Kubernetes', () => {
  beforeAll(async () => {
    if (place === undefined) return;
    await place.up(progress.say);
    await place.images(progress.say);
    progress.say(`all ready ${(await install(place, progress)).toFixed(0)} s after helm began`);
    system = await installedSystem(place);
  }, UP_MS_MAX);
  afterAll(async () => {
    await system?.kube.close();
    await place?.down?.();
  }, UP_MS_MAX);

  it(
    'an order goes through the gateway’s Service, and its trace names every service',
    async () => {
      const { status, traceId } = await placeOrder(system);
      expect(status).toBe(201);
      expect(servicesIn(await traceOf(system, traceId))).toEqual(Object.keys(services).sort());
      // The console is in the gateway's image, and has the same trace by Jaeger's own query API.
      const page = await fetch(`${system.url}/`);
      expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
      const token = await login(system, 'operator');
      const { body } = await ask<{ traceId: string }>(system.url, { path: `/v1/traces/${traceId}`, token });
      expect(body).toMatchObject({ traceId });
    },
    TEST_MS_MAX,
  );

  it(
    'helm test says the same from inside',
    async () => {
      const said = await system.kube.helm(['test', RELEASE, '--timeout', '120s'], { msMax: HELM_TEST_MS_MAX });
      expect(said).toMatch(/Phase:\s+Succeeded/);
    },
    HELM_TEST_MS_MAX,
  );

  it(
    'each arrow of topology.ts works, nothing else does, and a privileged pod is refused',
    async () => {
      expect(await proveRestricted(system.kube)).toContain('violates PodSecurity "restricted');
      const { pairs, wrong } = await proveNetwork(system);
      progress.say(`${pairs.length} pairs asked, ${pairs.filter(({ reached }) => reached).length} reach each other`);
      expect(wrong).toEqual([]);
      expect(pairs.filter(({ expected }) => expected)).toHaveLength(allowed().size);
      expect(pairs.filter(({ from, reached }) => from === 'stranger' && reached)).toEqual([]);
    },
    TEST_MS_MAX,
  );

  it(
    'an upgrade, an image that does not exist, and a rollback cost no request',
    async () => {
      const revision = await revisionOf(system);
      const { load, failed, broken, machine, audit } = await underLoad(system, LOAD, async (seen) => {
        const context = { system, progress, seen };
        const upgrades = await upgradeInTurn(context, ['gateway', 'storage']);
        return [...upgrades, await badImage(context), await rollback(context, revision + 1)];
      });
      const { sent } = load.orders;
      progress.say(`${sent} orders: ${failed} first requests failed, ${broken} connections broke; ${audit.verdict}`);
      expect(load.failures).toEqual([]);
      expectClean(audit);
      expect(broken).toBe(0);
      // Without CPU to spare requests run into their deadlines, upgrade or not.
      if (machine.starved) progress.say(`${machine.starved}, so requests that timed out are not judged`);
      else expect(failed / sent).toBeLessThanOrEqual(FAILED_SHARE_MAX);
    },
    TEST_MS_MAX,
  );

  it(
    'a wrong image of Postgres is undone by a rollback, and tables are made before the upgrade that needs them',
    async () => {
      expect(await badPostgres(system, progress)).toContain(`name: ${RELEASE}-set-up-upgrade`);
      expect((await placeOrder(system)).status).toBe(201);
    },
    TEST_MS_MAX,
  );

  it(
    'an API server takes every value that the schema of the chart takes',
    async () => {
      const taken = await proveValues(system.kube);
      progress.say(`${taken} objects taken`);
      expect(taken).toBeGreaterThan(150);
    },
    TEST_MS_MAX,
  );

  it(
    'one pod after another is killed, Postgres and a broker too, and nothing is lost',
    async () => {
      const killed = new Set<string>();
      const oneOfEach = ({ component }: { readonly component: string }): boolean =>
        killed.has(component) ? false : Boolean(killed.add(component));
      const { value, load, audit } = await underLoad(system, LOAD, (seen) =>
        killAll({ system, progress, seen }, oneOfEach),
      );
      expect(value.map(({ pod }) => pod)).toEqual(expect.arrayContaining([`${RELEASE}-postgres-0`]));
      expect(value.length).toBeGreaterThanOrEqual(Object.keys(services).length + 2);
      progress.say(`${load.orders.sent} orders, ${load.orders.unknownOnce} unknown and resolved; ${audit.verdict}`);
      expect(load.failures).toEqual([]);
      expectClean(audit);
    },
    TEST_MS_MAX,
  );

  it(
    'all of it takes less than 2 GiB, and goes when it is uninstalled',
    async () => {
      expectClean(await auditWith(system, ''));
      const bytes = sum((await usageOf(system.kube)).map(({ rssBytes }) => rssBytes));
      progress.say(`memory of all pods without page cache: ${(bytes / GIB).toFixed(2)} GiB`);
      expect(bytes).toBeGreaterThan(0);
      expect(bytes).toBeLessThan(2 * GIB);
      await uninstall(system.kube);
      await system.kube.until('pods are left', async () => (await system.kube.pods())[0]?.name, TEST_MS_MAX);
    },
    TEST_MS_MAX,
  );
});
