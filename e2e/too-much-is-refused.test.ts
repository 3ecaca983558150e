import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { audit } from '../audit/audit.ts';
import { measureOverload, type Overload } from '../bench/measure-overload.ts';
import { cpuMsOf } from '../bench/spent.ts';
import { Traffic } from '../bench/traffic.ts';
import { auditedSystem } from '../tools/system/audited.ts';
import { runningSystem } from '../tools/system/running.ts';
import { HOOK_MS_MAX, type System, startSystem } from './system.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem();
}, HOOK_MS_MAX);
afterAll(() => system?.stop(), HOOK_MS_MAX);

describe('five times what the system can do', () => {
  let seen: Overload;
  let verdict: Awaited<ReturnType<typeof audit>>;
  const OVERLOAD_MS_MAX = 180_000;

  beforeAll(async () => {
    const running = await runningSystem(system.dataDir);
    const journalFile = path.join(system.dataDir, 'loads', 'overload.jsonl');
    const traffic = await Traffic.on(running, { journalFile, customers: 20, ordersEach: 1_500 });
    seen = await measureOverload(traffic, {
      url: system.url,
      clients: [16],
      peakSeconds: 4,
      calmSeconds: 12,
      overloadSeconds: 10,
      times: 5,
      held: 0,
      cpuMs: () => cpuMsOf(running),
      say: () => undefined,
    });
    traffic.close();
    verdict = await audit(auditedSystem(running), { waitMs: 30_000, journalFile, progress: () => undefined });
    const { peakPerS, askedPerS, goodputPerS, goodputShare, overload } = seen;
    const order = JSON.stringify(overload.order);
    console.log(JSON.stringify(Object.fromEntries(Object.entries(overload).map(([k, s]) => [k, s.shed / s.asked]))));
    console.log(`peak ${peakPerS}/s, asked ${askedPerS}/s, done ${goodputPerS}/s: ${goodputShare} of it\n${order}`);
  }, OVERLOAD_MS_MAX);

  it('is refused with a reason and a time to come again, and the rest is done', () => {
    const { order } = seen.overload;
    expect(order.shed).toBeGreaterThan(order.asked / 3);
    expect(order.done).toBeGreaterThan(0);
    expect(Object.values(seen.overload).map(({ bare }) => bare)).toEqual([0, 0, 0, 0, 0]);
  });

  it('refuses the less critical first', () => {
    const { 'top-up': pay, order, menu, report } = seen.overload;
    // Not what was done: a machine that is busy elsewhere lets in what it then cannot do in time.
    const refused = ({ shed, asked }: { shed: number; asked: number }): number => shed / asked;
    expect(refused(pay)).toBeLessThan(refused(order));
    expect(refused(order)).toBeLessThan(refused(menu));
    expect(refused(order)).toBeLessThan(refused(report));
  });

  it('never refuses health and the description of the API', () => {
    for (const { ok, notOk } of Object.values(seen.neverShed)) {
      expect(notOk).toEqual([]);
      expect(ok).toBeGreaterThan(0);
    }
  });

  it('is over within 10 s of its end, and nothing was lost', () => {
    expect(seen.normalAfterS).toBeLessThanOrEqual(10);
    expect(verdict).toMatchObject({ clean: true });
  });
});
