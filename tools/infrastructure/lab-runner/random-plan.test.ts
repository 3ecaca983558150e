import { describe, expect, it } from '@jest/globals';
import { planOf } from './random-plan.ts';

const seeds = Array.from({ length: 40 }, (_, at) => at + 1);
const partOf = (name: string): string => name.replace(/-\d+$/, '');

describe('a plan of faults', () => {
  it('is the same for the same seed, and another one for another', () => {
    const asked = { seed: 7, seconds: 120, siblings: false };
    expect(planOf(asked)).toEqual(planOf(asked));
    expect(planOf({ ...asked, seed: 8 })).not.toEqual(planOf(asked));
    expect(planOf(asked).length).toBeGreaterThan(15);
  });

  it.each(seeds)('ends in its time, and has never two replicas of one service down at once (seed %d)', (seed) => {
    const steps = planOf({ seed, seconds: 60, siblings: false });
    expect(steps.every(({ atMs }) => atMs >= 0 && atMs < 60_000)).toBe(true);
    for (const [at, step] of steps.entries()) {
      const meanwhile = steps.slice(0, at).filter(({ atMs, forMs }) => atMs + Math.max(forMs, 1) > step.atMs);
      expect(meanwhile.map(({ process }) => partOf(process))).not.toContain(partOf(step.process));
    }
  });

  it('breaks every kind of process sooner or later, and never the way in', () => {
    const struck = new Set(
      seeds.flatMap((seed) => planOf({ seed, seconds: 60, siblings: true }).map(({ process }) => process)),
    );
    for (const name of ['gateway-2', 'auth-1', 'storage-1', 'analytics-1', 'postgres', 'kafka'])
      expect(struck).toContain(name);
    for (const name of ['load-balancer', 'lab-runner', 'watcher']) expect(struck).not.toContain(name);
  });
});
