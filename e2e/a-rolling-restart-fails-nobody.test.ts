/**
 * Every process of every service is stopped and started again under load, one after the other, and no request fails: not
 * even its first attempt. SEAMS_ROLLING_ROUNDS=10 does it ten times.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { addReplica, removeReplica, restart, untilReady } from '../tools/system/faults.ts';
import { type ServiceName, services } from '../topology.ts';
import { HOOK_MS_MAX, type System, startSystem } from './system.ts';
import { underLoad } from './under-load.ts';

const ROUNDS = Number(process.env.SEAMS_ROLLING_ROUNDS ?? 1);
const READY_MS_MAX = 60_000;
/** A round takes half a minute; a busy machine takes its time. */
const ROUND_MS_MAX = 120_000;

let system: System;
beforeAll(async () => {
  system = await startSystem();
}, HOOK_MS_MAX);
afterAll(() => system?.stop(), HOOK_MS_MAX);

/** One that stands alone gets a second replica for the time being: as a rolling update with a surge of one does it. */
async function rolled(service: ServiceName): Promise<number> {
  const names = (await system.status()).processes
    .map(({ name }) => name)
    .filter((name) => name.replace(/-\d+$/, '') === service);
  const added = names.length === 1 ? await addReplica(system, service) : undefined;
  for (const name of names) {
    await restart(system, name);
    await untilReady(system, name, READY_MS_MAX);
  }
  if (added) await removeReplica(system, added);
  return names.length;
}

describe('a rolling restart of everything', () => {
  it(
    `under load, ${ROUNDS} times: no first attempt fails`,
    async () => {
      let restarts = 0;
      const seen = await underLoad(
        system,
        { name: 'rolling', secondsMax: (ROUNDS * ROUND_MS_MAX) / 1_000 },
        async () => {
          for (let round = 1; round <= ROUNDS; round++)
            for (const service of Object.keys(services) as ServiceName[]) restarts += await rolled(service);
        },
      );
      const { orders, ms } = seen.result;
      console.info(
        `${restarts} restarts in ${ROUNDS} rounds: ${orders.sent} orders, ${seen.failed} first attempts failed; ` +
          `first answer p50 ${ms.first.p50.toFixed(0)} ms, p99 ${ms.first.p99.toFixed(0)} ms`,
      );
      expect(seen.failures).toEqual([]);
      expect(orders.end).toMatchObject({ notDone: 0, unknown: 0 });
    },
    ROUNDS * ROUND_MS_MAX,
  );
});
