import { describe, expect, it } from '@jest/globals';
import { topUpsOf } from './api.ts';

describe('the top-ups that make a sum', () => {
  it.each([
    [0, []],
    [100, [100]],
    [99_999, [99_999]],
    [100_000, [100_000]],
    [100_001, [99_901, 100]],
    [100_099, [99_999, 100]],
    [100_100, [100_000, 100]],
    [250_050, [100_000, 100_000, 50_050]],
    [200_001, [100_000, 99_901, 100]],
  ])('%i cents are %j', (cents, amounts) => expect(topUpsOf(cents)).toEqual(amounts));

  it('are within the limits for every sum', () => {
    for (let cents = 100; cents <= 300_200; cents++) {
      const amounts = topUpsOf(cents);
      const isRight = amounts.every((one) => one >= 100 && one <= 100_000) && amounts.reduce((a, b) => a + b) === cents;
      if (!isRight) throw new Error(`${cents}: ${amounts.join(', ')}`);
    }
    for (const cents of [1, 99])
      expect(() => topUpsOf(cents)).toThrow(`the smallest top-up is 100 cents, not ${cents}`);
  });
});
