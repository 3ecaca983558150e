import { describe, expect, it } from '@jest/globals';
import { TOP_UP_CENTS_MAX, TOP_UP_CENTS_MIN } from '@seams/contracts';
import { decideTopUp } from './top-up.ts';

describe('a top-up', () => {
  it.each([
    [TOP_UP_CENTS_MIN, 'accepted'],
    [TOP_UP_CENTS_MIN - 1, 'amount_out_of_range'],
    [TOP_UP_CENTS_MAX, 'accepted'],
    [TOP_UP_CENTS_MAX + 1, 'amount_out_of_range'],
    [0, 'amount_out_of_range'],
    [-500, 'amount_out_of_range'],
    [100.5, 'amount_out_of_range'],
    [Number.NaN, 'amount_out_of_range'],
  ])('of %d cents is %s', (amountCents, outcome) => {
    const decision = decideTopUp(amountCents, 'ada', { topUpId: 't-1', now: 1_000 });
    expect(decision.kind === 'accepted' ? 'accepted' : decision.failure.reason).toBe(outcome);
  });
});
