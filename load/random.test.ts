import { describe, expect, it } from '@jest/globals';
import { fromState, randomOf } from './random.ts';

describe('the generator', () => {
  it('is xoshiro128**: the first numbers from the state 1, 2, 3, 4 are those of the reference', () => {
    const random = fromState([1, 2, 3, 4]);
    expect(Array.from({ length: 10 }, random.bits)).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ]);
  });

  it('gives the same numbers for the same seed and stream, and others for others', () => {
    const draw = (...of: [number, ...number[]]): number[] => {
      const random = randomOf(...of);
      return Array.from({ length: 5 }, random.bits);
    };
    expect(draw(7, 1, 42)).toEqual(draw(7, 1, 42));
    const streams = [draw(7), draw(8), draw(7, 1), draw(7, 1, 42), draw(7, 2, 42), draw(7, 42, 1), draw(2 ** 32 - 1)];
    expect(new Set(streams.map(String)).size).toBe(streams.length);
  });

  it('is even enough for a load', () => {
    const random = randomOf(3);
    const draws = Array.from({ length: 20_000 }, () => random.next());
    expect(Math.min(...draws)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...draws)).toBeLessThan(1);
    expect(draws.filter((draw) => draw < 0.1).length / draws.length).toBeCloseTo(0.1, 2);
    const gaps = Array.from({ length: 20_000 }, () => random.exponential(20));
    expect(gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length).toBeCloseTo(20, 0);
  });
});
