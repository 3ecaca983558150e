import { describe, expect, it } from '@jest/globals';
import { baselineOrders, phasesOf } from './phases.ts';
import type { Pursued } from './pursue.ts';

const pursued = (number: number, first: Pursued['first'], firstMs: number, attempts = 1): Pursued =>
  ({ order: { number }, first, firstMs, definiteMs: firstMs * attempts, attempts }) as Pursued;

describe('the baseline', () => {
  it('is the first orders, and the rest is compared with it', () => {
    const all = [pursued(0, 'ok', 10), pursued(1, 'refused', 20), pursued(2, 'unknown', 30, 2), pursued(3, 'ok', 40)];
    expect(phasesOf(all, 2)).toEqual({
      baseline: {
        orders: 2,
        first: { done: 1, refused: 1, notDone: 0, unknown: 0 },
        requests: 2,
        ms: { first: { count: 2, p50: 10, p99: 20, max: 20 }, definite: { count: 2, p50: 10, p99: 20, max: 20 } },
      },
      faults: {
        orders: 2,
        first: { done: 1, refused: 0, notDone: 0, unknown: 1 },
        requests: 3,
        ms: { first: { count: 2, p50: 30, p99: 40, max: 40 }, definite: { count: 2, p50: 40, p99: 60, max: 60 } },
      },
    });
  });

  it('is nothing where nothing can be compared', () => {
    expect([0, 1, 2].map((from) => phasesOf([pursued(0, 'ok', 10)], from))).toEqual([undefined, undefined, undefined]);
    expect([baselineOrders(400, 0.2), baselineOrders(4, 0.2), baselineOrders(400, 0)]).toEqual([80, 0, 0]);
  });
});
