import { describe, expect, it } from '@jest/globals';
import type { Point } from './measure.ts';
import { predictFrom, withCoresOfTheirOwn } from './predict.ts';

const point = (replicas: number, clients: number, more: Partial<Point> = {}): Point => ({
  ...{ replicas, clients, ordersPerS: 50, meanMs: 20, notDone: 0 },
  demandMs: { client: 1, gateway: 6, storage: 3, kafka: 4, analytics: 1 },
  ...more,
});

describe('a prediction', () => {
  it('is made of what two replicas took, and says of every setting how far off it is', () => {
    const idleCores = { gateway: 0.1, kafka: 0.1, client: 0.5 };
    const points = [point(2, 1), point(2, 16), point(1, 16, { ordersPerS: 80 })];
    const { machine, boundPerS, compared } = predictFrom({ idleCores, points }, 2);
    // 10 ms until the answer, 5 beside it; of a single client's 20 ms the other 10 are no CPU.
    expect(machine).toEqual({ cores: 2, idleCores: 0.2, waitedForMs: 10, besideMs: 5, delayMs: 10 });
    expect(boundPerS).toBe(120); // 1.8 cores ÷ 15 ms
    expect(compared.map(({ replicas, clients }) => [replicas, clients])).toEqual([
      [2, 1],
      [2, 16],
      [1, 16],
    ]);
    for (const { predictedPerS, measuredPerS, ratio } of compared) {
      expect(predictedPerS).toBeLessThanOrEqual(boundPerS);
      expect(ratio).toBeCloseTo(predictedPerS / measuredPerS, 1);
    }
  });

  it('of more replicas ends where there is only one of something', () => {
    const demandMs = {
      gateway: 4,
      auth: 1,
      'business-logic': 2,
      storage: 3,
      'load-balancer': 1.5,
      postgres: 2,
      kafka: 1,
    };
    expect(withCoresOfTheirOwn(demandMs, [1, 2, 5], 4)).toEqual([
      { replicas: 1, ordersPerS: 250, first: 'gateway' },
      { replicas: 2, ordersPerS: 500, first: 'gateway' },
      { replicas: 5, ordersPerS: 667, first: 'load-balancer' },
    ]);
  });
});
