import { describe, expect, it } from '@jest/globals';
import { figuresOf, median, type Run, ratiosOf, runOf } from './figures.ts';

const run = (way: string, counters: 'spread' | 'hot', perS: number): Run => ({
  ...{ way, callers: 64, counters, orders: perS, perS, p50: 1, p99: 2 },
  ...{ nodeCpuMs: 0.1, postgresCpuMs: 0.2, failures: {} },
});

describe('figures', () => {
  it.each([
    [[3, 1, 2], 2],
    [[4, 1, 2, 3], 2.5],
    [[7], 7],
  ])('of %p have the median %d', (values, expected) => {
    expect(median(values)).toBe(expected);
  });

  it('count per second and per order', () => {
    const told = { seconds: 2, ms: [4, 1, 3, 2], failures: { 'Error: no': 1 }, nodeCpuMs: 8, postgresCpuMs: undefined };
    expect(runOf({ way: 'groups', callers: 1, counters: 'hot' }, told)).toMatchObject({
      ...{ orders: 4, perS: 2, p50: 3, p99: 4, nodeCpuMs: 2, postgresCpuMs: undefined, failures: { 'Error: no': 1 } },
    });
  });

  it('of several rounds are their median, from the least to the most, and what is divided is the medians', () => {
    const runs = [
      ...[100, 300, 200].map((perS) => run('statements', 'spread', perS)),
      ...[100, 90, 110].map((perS) => run('statements', 'hot', perS)),
      ...[1_000, 900, 1_100].map((perS) => run('groups', 'hot', perS)),
    ];
    const figures = figuresOf(runs);
    expect(figures[0]).toMatchObject({ perS: 200, perSFrom: 100, perSTo: 300, failed: 0 });
    expect(ratiosOf(figures)).toEqual({
      'hot ÷ spread, statements, 64 callers': 0.5,
      'groups ÷ statements, hot, 64 callers': 10,
    });
  });
});
