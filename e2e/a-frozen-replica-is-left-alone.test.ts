/**
 * One of two replicas is frozen for 30 s under load: its ports still take connections, its connections stay open, and it
 * answers nobody. A client that repeats once under its key sees nothing of it.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freeze, thaw, untilReady } from '../tools/system/faults.ts';
import { HOOK_MS_MAX, type System, startSystem } from './system.ts';
import { underLoad } from './under-load.ts';

const FROZEN_MS = 30_000;
/** After the thaw the load goes on: the one that is back must not cost anything either. */
const AFTER_MS = 10_000;
const READY_MS_MAX = 30_000;
const TEST_MS_MAX = 150_000;
const FAILED_SHARE_MAX = 0.001;

let system: System;
beforeAll(async () => {
  system = await startSystem();
}, HOOK_MS_MAX);
afterAll(() => system?.stop(), HOOK_MS_MAX);

describe('one of two replicas, frozen for 30 s', () => {
  it.each(['storage-1', 'business-logic-1', 'gateway-1'])(
    'costs at most one order in a thousand more than a repetition: %s',
    async (name) => {
      const seen = await underLoad(system, { name, secondsMax: TEST_MS_MAX / 1_000 }, async ({ goesOnFor }) => {
        await freeze(system, name);
        await goesOnFor(FROZEN_MS);
        await thaw(system, name);
        await untilReady(system, name, READY_MS_MAX);
        await goesOnFor(AFTER_MS);
      });
      const { orders, ms } = seen.result;
      console.info(
        `${name} frozen for ${FROZEN_MS / 1_000} s: ${orders.sent} orders, ${seen.failed} first attempts failed, ` +
          `${seen.failedTwice} after one repetition; first answer p99 ${ms.first.p99.toFixed(0)} ms`,
      );
      expect(seen.failedTwice / orders.sent).toBeLessThanOrEqual(FAILED_SHARE_MAX);
      expect(orders.end).toMatchObject({ notDone: 0, unknown: 0 });
    },
    TEST_MS_MAX,
  );
});
