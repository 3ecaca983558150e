import { describe, expect, it } from '@jest/globals';
import type { CallContext } from '@seams/call';
import { TOP_UP_CENTS_MAX, TOP_UP_CENTS_MIN, type TopUpRequest } from '@seams/contracts';
import { endingOf } from '@seams/testkit';
import { decideTopUp, type Ports, topUpWith } from './top-up.ts';

const TOP_UP = {
  topUpId: 't-1',
  customerId: 'ada',
  amountCents: 5_000,
  currency: 'EUR',
  creditedAtMs: 1_000,
  balanceCents: 0,
};

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

  it('is for this customer, of this amount, at the moment of the decision', () => {
    expect(decideTopUp(5_000, 'ada', { topUpId: 't-1', now: 1_000 })).toEqual({ kind: 'accepted', topUp: TOP_UP });
  });

  it('out of range is refused for good, and says the range', () => {
    const failure = expect.objectContaining({
      kind: 'invalid',
      message: `A top-up is from ${TOP_UP_CENTS_MIN} to ${TOP_UP_CENTS_MAX} cents.`,
    });
    expect(decideTopUp(0, 'ada', { topUpId: 't-1', now: 1_000 })).toEqual({ kind: 'refused', failure });
  });
});

describe('a request to top up', () => {
  const ctx: CallContext = { deadlineAt: Number.MAX_SAFE_INTEGER, signal: new AbortController().signal };
  const request = (changes: Partial<TopUpRequest> = {}): TopUpRequest => ({
    principal: { subject: 'ada', roles: ['customer'], cafeIds: [] },
    key: { customerId: 'ada', route: 'POST /v1/wallet/top-ups', key: 'k', fingerprint: Buffer.alloc(32) },
    amountCents: 5_000,
    ...changes,
  });

  function world(): Ports & { committed: unknown[] } {
    const committed: unknown[] = [];
    return {
      committed,
      commit: async (_ctx, { key }, decision) => {
        committed.push([key, decision]);
        if (decision.kind === 'refused') throw decision.failure;
        return { topUp: decision.topUp, replayed: false };
      },
      newId: () => 't-1',
      now: () => 1_000,
    };
  }

  it('is decided and committed under its key', async () => {
    const storage = world();
    expect(await topUpWith(storage)(ctx, request())).toEqual({ topUp: TOP_UP, replayed: false });
    expect(storage.committed).toEqual([['k', { kind: 'accepted', topUp: TOP_UP }]]);
  });

  it('that is refused is committed too: its key gets the same answer again', async () => {
    const storage = world();
    expect(await endingOf(topUpWith(storage)(ctx, request({ amountCents: 0 })))).toBe('invalid/amount_out_of_range');
    expect(storage.committed).toMatchObject([['k', { kind: 'refused' }]]);
  });

  it.each([
    ['of nobody', { principal: null }, 'anonymous/principal_missing'],
    [
      'of a member of staff',
      { principal: { subject: 'ada', roles: ['staff'], cafeIds: [] } },
      'forbidden/customers_only',
    ],
    ['without a key', { key: null }, 'forbidden/not_your_key'],
  ])('%s never reaches storage', async (_, changes, outcome) => {
    const storage = world();
    expect(await endingOf(topUpWith(storage)(ctx, request(changes)))).toBe(outcome);
    expect(storage.committed).toEqual([]);
  });
});
