/** The other shape, `npm run start:single`: what is true of five services is true of one process. */
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runLoad } from '../load/load.ts';
import type { LoadResult } from '../load/result.ts';
import { loadedSystem } from '../tools/system/audited.ts';
import { addReplica, kill, removeReplica, restart, untilReady } from '../tools/system/faults.ts';
import { runningSystem } from '../tools/system/running.ts';
import { HOOK_MS_MAX, type System, startSystem } from './system.ts';

const READY_MS_MAX = 30_000;
const LOAD_MS_MAX = 120_000;
const ORDERS = 300;
const PER_SECOND = 60;

let system: System;
beforeAll(async () => {
  system = await startSystem({ single: true });
}, HOOK_MS_MAX);
afterAll(() => system?.stop(), HOOK_MS_MAX);

const servicesOf = async () => (await system.status()).processes.filter(({ kind }) => kind === 'service');

describe('one process', () => {
  it('is all services, and its ops port says of each what it stands on', async () => {
    const running = await servicesOf();
    expect(running.map(({ name }) => name)).toEqual(['single']);
    const ops = running[0]?.ports.at(-1);
    const { status, dependencies } = (await (await fetch(`http://127.0.0.1:${ops}/readyz`)).json()) as {
      status: string;
      dependencies: { name: string; status: string }[];
    };
    expect(status).toBe('ready');
    expect(dependencies.map(({ name }) => name).sort()).toEqual([
      'analytics: kafka',
      'analytics: postgres',
      'auth: postgres',
      'auth: signing-keys',
      'business-logic: storage',
      'gateway: analytics',
      'gateway: auth',
      'gateway: auth-keys',
      'gateway: business-logic',
      'storage: kafka',
      'storage: postgres',
    ]);
    const metrics = await (await fetch(`http://127.0.0.1:${ops}/metrics`)).text();
    for (const callee of ['auth', 'business-logic', 'storage', 'analytics'])
      expect(metrics).toContain(`seams_policy_breaker_state{callee="${callee}"} 0`);
  });

  it('has no replicas', async () => {
    await expect(addReplica(system, 'storage')).rejects.toThrow('all services are one process here');
    await expect(removeReplica(system, 'single')).rejects.toThrow('single cannot be removed');
  });
});

/** Orders with faults at every edge that there is without a network; `work` happens while they come. */
async function loaded(name: string, work: () => Promise<void> = async () => undefined): Promise<LoadResult> {
  let answered = 0;
  const halfway = Promise.withResolvers<void>();
  const target = loadedSystem(await runningSystem(system.dataDir));
  const load = runLoad(target, {
    seed: 7,
    rate: PER_SECOND,
    orders: ORDERS,
    customers: 8,
    faults:
      'lost-reply:5%@storage-postgres,lost-request:5%@storage-postgres,duplicate:5%@relay-kafka,lost-reply:5%@relay-kafka',
    journalFile: path.join(system.dataDir, 'loads', `${name}.jsonl`),
    answered: () => {
      answered += 1;
      if (answered === ORDERS / 2) halfway.resolve();
    },
  });
  await Promise.race([halfway.promise.then(work), load]);
  return load;
}

describe('orders under load, while commits and publishes lose their replies', () => {
  it.each<[string, () => Promise<void>]>([
    ['and nothing else happens', async () => undefined],
    ['and the process is restarted in order', () => restart(system, 'single')],
    ['and the process is killed', () => kill(system, 'single')],
  ])(
    '%s: nothing is lost or doubled',
    async (name, work) => {
      const result = await loaded(name.replaceAll(' ', '-'), work);
      await untilReady(system, 'single', READY_MS_MAX);
      const { end, first } = result.orders;
      console.info(`${name}: ${JSON.stringify({ first, end })}, struck ${JSON.stringify(result.struck)}`);
      expect(result.failures).toEqual([]);
      expect(end).toMatchObject({ notDone: 0, unknown: 0 });
      expect(end.done).toBeGreaterThan(ORDERS / 2);
      expect(result.struck['lost-reply at storage-postgres']).toBeGreaterThan(3);
      expect(result.struck['lost-reply at relay-kafka']).toBeGreaterThan(3);
      expect(result.audit).toMatchObject({ clean: true });
    },
    LOAD_MS_MAX,
  );
});
