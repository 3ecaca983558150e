import { describe, expect, it } from '@jest/globals';
import type { CallContext } from '@seams/call';
import type { Menu, PlaceOrderRequest } from '@seams/contracts';
import { endingOf } from '@seams/testkit';
import { type Decision, type Ports, placeOrderWith } from './place-order.ts';

const ctx: CallContext = { deadlineAt: Number.MAX_SAFE_INTEGER, signal: new AbortController().signal };
const menu: Menu = {
  cafe: { cafeId: 'harbour', name: 'Harbour Café', city: 'Hamburg' },
  currency: 'EUR',
  items: [{ itemId: 'espresso', name: 'Espresso', priceCents: 220, stockUnits: 3 }],
};

const MENU_WITH_TEA = { ...menu, items: [{ itemId: 'tea', name: 'Tea', priceCents: 1, stockUnits: 1 }] };

/** A storage that keeps one decision per key, as the real one does. */
function world(): Ports & { decisions: Map<string, Decision> } {
  const decisions = new Map<string, Decision>();
  let ids = 0;
  return {
    decisions,
    readPrices: async (_ctx, cafeId) => ({ menu: cafeId === 'harbour' ? menu : undefined, cached: false }),
    readMenu: () => Promise.reject(new Error('asked again')),
    commit: async (_ctx, key, decision) => {
      const first = decisions.get(key.key) ?? decision;
      decisions.set(key.key, first);
      if (first.kind === 'refused') throw first.failure;
      return { order: first.order, replayed: first !== decision };
    },
    newId: () => `order-${++ids}`,
    now: () => 1_000,
  };
}

const request = (changes: Partial<PlaceOrderRequest> = {}): PlaceOrderRequest => ({
  principal: { subject: 'ada', roles: ['customer'], cafeIds: [] },
  key: { customerId: 'ada', route: 'POST /v1/orders', key: 'k', fingerprint: Buffer.alloc(32) },
  cafeId: 'harbour',
  items: [{ itemId: 'espresso', quantity: 1 }],
  clientNonce: '',
  ...changes,
});

describe('placing an order', () => {
  it.each([
    [request(), 'ok'],
    [request({ cafeId: 'moon' }), 'not_found/cafe_unknown'],
    [request({ items: [{ itemId: 'unicorn', quantity: 1 }] }), 'rejected/item_unknown'],
    [request({ items: [] }), 'invalid/order_empty'],
    [request({ principal: null }), 'anonymous/principal_missing'],
    [request({ principal: { subject: 'ada', roles: ['staff'], cafeIds: ['harbour'] } }), 'forbidden/customers_only'],
    [request({ principal: { subject: 'ben', roles: ['customer'], cafeIds: [] } }), 'forbidden/not_your_key'],
    [request({ key: null }), 'forbidden/not_your_key'],
  ])('case %#: %j', async (asked, outcome) => {
    expect(await endingOf(placeOrderWith(world())(ctx, asked))).toBe(outcome);
  });

  it('gets its id from the world, and the moment of the decision', async () => {
    const { order } = await placeOrderWith(world())(ctx, request());
    expect(order).toMatchObject({ orderId: 'order-1', customerId: 'ada', placedAtMs: 1_000 });
  });

  it('has a refusal committed under its key, so that a better menu does not change the answer', async () => {
    const storage = world();
    expect(await endingOf(placeOrderWith(storage)(ctx, request({ items: [{ itemId: 'tea', quantity: 1 }] })))).toBe(
      'rejected/item_unknown',
    );
    const withTea = {
      ...storage,
      readPrices: async () => ({ menu: MENU_WITH_TEA, cached: false }),
    };
    expect(await endingOf(placeOrderWith(withTea)(ctx, request({ items: [{ itemId: 'tea', quantity: 1 }] })))).toBe(
      'rejected/item_unknown',
    );
  });

  it('asks nothing of storage for someone who may not order', async () => {
    const storage = { ...world(), readPrices: () => Promise.reject(new Error('asked')) };
    expect(await endingOf(placeOrderWith(storage)(ctx, request({ principal: null })))).toBe(
      'anonymous/principal_missing',
    );
  });

  describe('by cached prices', () => {
    const tea = request({ items: [{ itemId: 'tea', quantity: 1 }] });
    // A world of its own for each: one that remembers a key would answer the second order by the first.
    const cached = (fresh: Ports['readMenu'], isCached = true): Ports => ({
      ...world(),
      readPrices: async () => ({ menu, cached: isCached }),
      readMenu: fresh,
    });
    const untouched = (): Promise<never> => Promise.reject(new Error('the menu was read'));

    it('is placed without reading the menu', async () => {
      expect(await endingOf(placeOrderWith(cached(untouched))(ctx, request()))).toBe('ok');
    });

    it('is never refused for what they did not have', async () => {
      expect(await endingOf(placeOrderWith(cached(async () => MENU_WITH_TEA))(ctx, tea))).toBe('ok');
    });

    it('is refused when the menu itself lacks it', async () => {
      expect(await endingOf(placeOrderWith(cached(async () => menu))(ctx, tea))).toBe('rejected/item_unknown');
    });

    it('is refused at once by prices that were just read', async () => {
      expect(await endingOf(placeOrderWith(cached(untouched, false))(ctx, tea))).toBe('rejected/item_unknown');
    });
  });
});
