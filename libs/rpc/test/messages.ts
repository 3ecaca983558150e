/** What direct.test.ts sends with each method: a message that has every field, and one that is a refusal. */
const LINE = { itemId: 'a', name: 'Flat white', quantity: 2, unitPriceCents: '380' };
const ORDER = { orderId: 'o', lines: [LINE, {}], status: 1, totalCents: 760, placedAtMs: 1_790_000_000_123 };
/** More than a method's message has is left out by both; what it has is filled. */
export const FILLED = {
  key: { customerId: 'c', key: 'k', fingerprint: Buffer.from([0, 1, 255]) },
  placed: ORDER,
  order: ORDER,
  orders: [ORDER, {}],
  principal: { subject: 's', roles: ['staff', 'operator'] },
  menu: { cafe: { cafeId: 'harbour', name: 'Harbour Café' }, items: [{ itemId: 'i', priceCents: 220 }] },
  cafes: [{ cafeId: 'x' }],
  items: [{ itemId: 'i', quantity: 1 }],
  wallet: { balanceCents: -5 },
  accepted: { amountCents: 700 },
  topUp: { amountCents: 700 },
  tokens: { accessToken: 't', accessExpiresInS: 900 },
  minutes: [{ minuteMs: 60_000, orders: 2 }],
  cafeId: 'harbour',
  accessToken: 'ü€😀',
  pageSize: 20,
  fromMs: 0,
  replayed: true,
};
export const REFUSED = { key: {}, refused: { kind: 'rejected', reason: 'not_enough_money', message: 'No.' } };
