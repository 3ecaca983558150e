/** Upgrades under load: each service in turn, all at once, back again, and one that never becomes ready. */
import { services } from '../../topology.ts';
import { nextVersion } from './chart.ts';
import { chartArguments, untilAllReady } from './install.ts';
import { type Kube, RELEASE } from './kube.ts';
import type { Seen } from './load.ts';
import { placeOrder } from './order.ts';
import type { Progress } from './progress.ts';
import type { ClusterSystem } from './system.ts';

const UPGRADE_MS_MAX = 240_000;
/** How long the pod that never becomes ready is watched. */
const BAD_MS = 8_000;

export interface Step {
  readonly what: string;
  readonly ms: number;
  /** Attempts without a definite answer while it went on. */
  readonly failures: number;
}

export interface Context {
  readonly system: ClusterSystem;
  readonly progress: Progress;
  readonly seen: Seen;
}

export async function step({ seen, progress }: Context, what: string, work: () => Promise<unknown>): Promise<Step> {
  const from = Date.now();
  await work();
  const to = Date.now();
  const failures = seen.failuresBetween(from, to);
  progress.say(`${what}: ${((to - from) / 1_000).toFixed(1)} s, ${failures} requests failed`);
  return { what, ms: to - from, failures };
}

export async function upgrade({ system, progress }: Context, settings: readonly string[]): Promise<void> {
  const set = settings.flatMap((setting) => ['--set-string', setting]);
  const args = ['upgrade', RELEASE, ...chartArguments(system.place), '--reset-then-reuse-values', ...set];
  await system.kube.helm(args, { msMax: UPGRADE_MS_MAX });
  await untilAllReady(system.kube, progress, UPGRADE_MS_MAX);
  await untilGone(system);
}

/** The old pods, too: it is while they leave that clients notice. */
const untilGone = ({ kube }: ClusterSystem): Promise<number> =>
  kube.until(
    'old pods are still there',
    async () =>
      (await kube.pods())
        .filter(({ deleted }) => deleted)
        .map(({ name }) => name)
        .join() || undefined,
    UPGRADE_MS_MAX,
  );

/** Everything that the chart deploys of ours. */
const WORKLOADS = [...Object.keys(services), 'auditor'];

export async function upgradeInTurn(context: Context, workloads: readonly string[] = WORKLOADS): Promise<Step[]> {
  const steps: Step[] = [];
  for (const service of workloads)
    steps.push(
      await step(context, `helm upgrade of ${service}`, () =>
        upgrade(context, [`services.${service}.env.SEAMS_RELEASE=${nextVersion()}`]),
      ),
    );
  return steps;
}

export const upgradeAtOnce = (context: Context): Promise<Step> =>
  step(context, `helm upgrade of everything to ${nextVersion()}`, () =>
    upgrade(context, [`image.tag=${nextVersion()}`]),
  );

async function revisionsOf(kube: Kube): Promise<number[]> {
  const history = JSON.parse(await kube.helm(['history', RELEASE, '-o', 'json'])) as { revision: number }[];
  return history.map(({ revision }) => revision);
}

/** To come back to. */
export const revisionOf = async ({ kube }: ClusterSystem): Promise<number> => Math.max(...(await revisionsOf(kube)));

export const rollback = (context: Context, revision: number): Promise<Step> =>
  step(context, `helm rollback to revision ${revision}`, async () => {
    const { system, progress } = context;
    await system.kube.helm(['rollback', RELEASE, String(revision)], { msMax: UPGRADE_MS_MAX });
    await untilAllReady(system.kube, progress, UPGRADE_MS_MAX);
    await untilGone(system);
  });

/** A new version whose pods never become ready: it gets no traffic, the old one loses no pod, and the way back is short. */
export const badImage = (context: Context): Promise<Step> =>
  step(context, 'an image of the gateway that does not exist, and back', async () => {
    const { kube } = context.system;
    const before = (await kube.pods()).filter(({ component, ready }) => component === 'gateway' && ready);
    const deployment = `deployment/${RELEASE}-gateway`;
    await kube.in(['set', 'image', deployment, 'gateway=docker.io/seams/gateway:0.0.0-bad']);
    await kube.until(
      'the new pod does not fail',
      async () => {
        const bad = (await kube.pods()).find(({ images }) => images[0]?.endsWith(':0.0.0-bad'));
        return bad?.waiting?.includes('Image') || bad?.waiting?.includes('Pull') ? undefined : 'it is not there';
      },
      UPGRADE_MS_MAX,
    );
    const until = performance.now() + BAD_MS;
    while (performance.now() < until) {
      const pods = await kube.pods();
      const still = pods.filter(({ name, ready }) => ready && before.some((one) => one.name === name));
      if (still.length !== before.length) throw new Error('an old gateway left while the new one was not ready');
      if (pods.some(({ images, ready }) => ready && images[0]?.endsWith('-bad')))
        throw new Error('the bad one is ready');
    }
    await kube.in(['rollout', 'undo', deployment]);
    await untilAllReady(kube, context.progress, UPGRADE_MS_MAX);
  });

const refusalOfAnOrder = (system: ClusterSystem): Promise<string | undefined> =>
  placeOrder(system).then(
    ({ status }) => (status === 201 ? undefined : `it answered ${status}`),
    (error: Error) => error.message,
  );

/** An image of Postgres that does not exist, taken back by `helm rollback`. Resolves with the hooks that Helm ran before the upgrade. */
export async function badPostgres(system: ClusterSystem, progress: Progress): Promise<string> {
  const { place, kube } = system;
  const revision = await revisionOf(system);
  const bad = ['--reset-then-reuse-values', '--set', 'postgres.image=postgres:0.0.0-bad'];
  await kube.helm(['upgrade', RELEASE, ...chartArguments(place), ...bad], { msMax: UPGRADE_MS_MAX });
  const hooks = await kube.helm(['get', 'hooks', RELEASE]);
  await kube.until(
    'the new Postgres does not fail',
    async () => {
      const waiting = (await kube.pods()).find(({ component }) => component === 'postgres')?.waiting;
      return waiting?.includes('Image') ? undefined : (waiting ?? 'it runs');
    },
    UPGRADE_MS_MAX,
  );
  await kube.helm(['rollback', RELEASE, String(revision)], { msMax: UPGRADE_MS_MAX });
  const backAt = progress.seconds;
  await untilAllReady(kube, progress, UPGRADE_MS_MAX);
  progress.say(`Postgres is back ${(progress.seconds - backAt).toFixed(1)} s after the rollback`);
  // Its clients look for its new address once more; until then an order is refused as not done.
  await kube.until('no order is taken', () => refusalOfAnOrder(system), UPGRADE_MS_MAX);
  return hooks;
}
