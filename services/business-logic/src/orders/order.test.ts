import { describe, expect, it } from '@jest/globals';
import { LINES_MAX, type Menu, QUANTITY_MAX } from '@seams/contracts';
import { decidePlacement, MESSAGE_OF, TOTAL_CENTS_MAX } from './order.ts';

const menu: Menu = {
  cafe: { cafeId: 'harbour', name: 'Harbour Café', city: 'Hamburg' },
  currency: 'EUR',
  items: [
    { itemId: 'espresso', name: 'Espresso', priceCents: 220, stockUnits: 0 },
    { itemId: 'cake', name: 'Wedding cake', priceCents: TOTAL_CENTS_MAX / 2, stockUnits: 9 },
    ...Array.from({ length: LINES_MAX + 1 }, (_, n) => ({
      itemId: `tea-${n}`,
      name: `Tea ${n}`,
      priceCents: 300,
      stockUnits: 9,
    })),
  ],
};
const teas = (count: number) => Array.from({ length: count }, (_, n) => ({ itemId: `tea-${n}`, quantity: 1 }));
const of = (itemId: string, quantity: number) => [{ itemId, quantity }];

const decide = (items: { itemId: string; quantity: number }[], onMenu: Menu | undefined = menu) =>
  decidePlacement({ customerId: 'ada', cafeId: 'harbour', items, clientNonce: 'n' }, onMenu, {
    orderId: 'o-1',
    now: 1_000,
  });

describe('an order', () => {
  it.each([
    // items                                             outcome
    [of('espresso', 1), 'placed'],
    [of('espresso', QUANTITY_MAX), 'placed'],
    [of('espresso', QUANTITY_MAX + 1), 'quantity_out_of_range'],
    [of('espresso', 0), 'quantity_out_of_range'],
    [of('espresso', -1), 'quantity_out_of_range'],
    [of('espresso', 1.5), 'quantity_out_of_range'],
    [of('espresso', Number.NaN), 'quantity_out_of_range'],
    [[], 'order_empty'],
    [teas(LINES_MAX), 'placed'],
    [teas(LINES_MAX + 1), 'too_many_lines'],
    [[...of('espresso', 1), ...of('espresso', 2)], 'item_twice'],
    [of('unicorn', 1), 'item_unknown'],
    [of('cake', 2), 'placed'],
    [[...of('cake', 2), ...of('espresso', 1)], 'total_out_of_range'],
    [of('unicorn', 0), 'quantity_out_of_range'], // the caller's own mistake is named first
    [[...of('espresso', 1), ...of('tea-0', 0)], 'quantity_out_of_range'], // one line is enough
  ])('of %j is %s', (items, outcome) => {
    const placement = decide(items);
    expect(placement.kind === 'placed' ? 'placed' : placement.reason).toBe(outcome);
  });

  it('at a café that is not there is refused', () => {
    expect(
      decidePlacement({ customerId: 'ada', cafeId: 'moon', items: of('espresso', 1), clientNonce: '' }, undefined, {
        orderId: 'o',
        now: 1,
      }),
    ).toEqual({
      kind: 'refused',
      reason: 'cafe_unknown',
    });
  });

  it('costs what the menu says, whatever its stock: that is settled at the commit', () => {
    expect(decide([...of('espresso', 2), ...of('tea-0', 3)])).toEqual({
      kind: 'placed',
      order: {
        orderId: 'o-1',
        customerId: 'ada',
        cafeId: 'harbour',
        status: 'ORDER_STATUS_PLACED',
        lines: [
          { itemId: 'espresso', name: 'Espresso', quantity: 2, unitPriceCents: 220 },
          { itemId: 'tea-0', name: 'Tea 0', quantity: 3, unitPriceCents: 300 },
        ],
        totalCents: 1_340,
        currency: 'EUR',
        placedAtMs: 1_000,
        version: 1,
        clientNonce: 'n',
      },
    });
  });

  it.each(Object.entries(MESSAGE_OF))('refused as %s says why in a sentence', (_, message) => {
    expect(message).toMatch(/^(An|The|There) .+\.$/);
  });
});
