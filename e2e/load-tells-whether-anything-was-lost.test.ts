import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readJournal } from '../audit/journal.ts';
import type { FaultCount } from '../load/fired.ts';
import { type LoadOptions, runLoad } from '../load/load.ts';
import type { LoadResult } from '../load/result.ts';
import { loadedSystem } from '../tools/system/audited.ts';
import { runningSystem } from '../tools/system/running.ts';
import { HOOK_MS_MAX, type System, startSystem } from './system.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem();
}, HOOK_MS_MAX);
afterAll(() => system?.stop(), HOOK_MS_MAX);

const ORDERS = 150;
/** About 8 s each; the bound is for a machine that is busy with something else. */
const LOAD_MS_MAX = 120_000;

async function load(name: string, options: Partial<LoadOptions>): Promise<LoadResult> {
  const loaded = loadedSystem(await runningSystem(system.dataDir));
  const journalFile = path.join(system.dataDir, 'loads', `${name}.jsonl`);
  return runLoad(loaded, { seed: 7, rate: 75, orders: ORDERS, customers: 4, journalFile, ...options });
}

describe('with 10 % of the replies lost', () => {
  it.each(['client-gateway', 'gateway-auth', 'gateway-logic', 'logic-storage'])(
    'at %s nothing is lost or doubled, and every replay is the first answer byte for byte',
    async (edge) => {
      const result = await load(edge, { faults: `lost-reply:10%@${edge}` });
      expect(result.failures).toEqual([]);
      expect(result.struck[`lost-reply at ${edge}`]).toBeGreaterThan(5);
      const [{ asked, fired, ...fault }] = result.fired as [FaultCount];
      expect(fault).toEqual({ fault: `lost-reply:10%@${edge}`, edge });
      expect([asked, fired >= asked]).toEqual([result.struck[`lost-reply at ${edge}`], true]);
      expect(result.phases).toMatchObject({ baseline: { orders: ORDERS / 5 }, faults: { orders: (4 * ORDERS) / 5 } });
      // A café has 60 to 200 of its special: what comes after the last is refused, and its replay is refused alike.
      const { done, refused, ...open } = result.orders.end;
      expect([done + refused, open]).toEqual([ORDERS, { notDone: 0, unknown: 0 }]);
      expect(done).toBeGreaterThan(ORDERS / 2);
      expect(result.orders.resolved).toBe(result.orders.unknownOnce);
      expect(result.replays).toEqual({ sent: ORDERS, equal: ORDERS, differing: [] });
      expect(result.otherContent).toMatchObject({ sent: 20, equal: 20 });
      expect(result.audit).toMatchObject({ clean: true });
      const journal = readJournal(result.journalFile);
      expect([journal.ok.length, journal.unknown, journal.nothing.length]).toEqual([done, 0, refused]);
    },
    LOAD_MS_MAX,
  );

  it('is not good when a fault never fired', async () => {
    const faults = 'delay:20:50%@gateway-auth,lost-reply:0.0001%@gateway-logic';
    const result = await load('never-fired', { orders: 20, faults, replaysMax: 0, audit: false });
    expect(result.failures).toEqual([
      'lost-reply:0.0001%@gateway-logic never fired: none of 16 requests drew it (fewer than one expected)',
    ]);
  });

  // Last: what it leaves behind is in the stores, and every audit after it says so.
  it(
    'without idempotency the audit names the doubled orders',
    async () => {
      const result = await load('naive', { faults: 'lost-reply:10%@gateway-logic', without: ['idempotency'] });
      expect(result.failures).toEqual(['the audit is not clean']);
      expect(result.replays).toBeUndefined();
      const report = result.audit as Exclude<typeof result.audit, string | undefined>;
      const byKey = report.checks
        .find(({ name }) => name === 'no doubled order')
        ?.questions.find(({ looksAt }) => looksAt.startsWith('orders by their key'));
      expect(byKey?.breachesTotal).toBeGreaterThan(5);
      // Neither more nor fewer than the rows say: most were sent again by their clients, some by a part that waited too long.
      const rows = await system.sql<{ id: string }>('storage', 'SELECT idempotency_key AS id FROM orders');
      const keys = Map.groupBy(rows, ({ id }) => id);
      const doubled = [...keys].filter(([, its]) => its.length > 1).map(([id]) => id);
      expect(byKey?.breachesTotal).toBe(doubled.length);
      expect(byKey?.breaches.map(({ id }) => id).filter((id) => !doubled.includes(id))).toEqual([]);
      expect(doubled.every((id) => id.startsWith('load-7-'))).toBe(true);
      expect(report.verdict).toContain('2 no doubled order');
    },
    LOAD_MS_MAX,
  );
});
