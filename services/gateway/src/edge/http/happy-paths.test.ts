import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CUSTOMER, ORDER, order, TOKEN } from '../../../test/answers.ts';
import { startWorld, type World } from '../../../test/stand-ins.ts';
import { routes } from './routes.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const bearer = { Authorization: `Bearer ${TOKEN}` };
const json = { 'Content-Type': 'application/json' };
const keyed = { ...bearer, ...json, 'Idempotency-Key': 'key-1' };
const account = { email: 'ada@example.com', password: 'a long password' };
const session = {
  customerId: CUSTOMER,
  accessToken: TOKEN,
  accessExpiresInS: 300,
  refreshToken: 'refresh-1',
  refreshExpiresInS: 86_400,
};
const items = [{ itemId: 'harbour-espresso', quantity: 2 }];
const placed = {
  orderId: ORDER,
  cafeId: 'harbour',
  status: 'placed',
  items: [{ itemId: 'harbour-espresso', name: 'Espresso', quantity: 2, unitPriceCents: 250 }],
  totalCents: 500,
  currency: 'EUR',
  placedAt: '2026-11-21T09:30:15.250Z',
  version: 1,
};
const cursor = Buffer.from(ORDER.replaceAll('-', ''), 'hex').toString('base64url');

type Name = keyof typeof routes;
const post = (body: unknown, headers: Record<string, string> = json) => ({
  method: 'POST',
  headers,
  body: JSON.stringify(body),
});

describe('the REST API', () => {
  it.each<[Name, string, RequestInit, unknown, string]>([
    // route         path                    request                                          answer    asked of
    ['register', '/v1/auth/register', post({ ...account, displayName: 'Ada' }), session, 'Register'],
    ['login', '/v1/auth/login', post(account), session, 'Login'],
    ['refresh', '/v1/auth/refresh', post({ refreshToken: 'refresh-1' }), session, 'Refresh'],
    [
      'listCafes',
      '/v1/cafes',
      {},
      { cafes: [{ cafeId: 'harbour', name: 'Harbour Café', city: 'Hamburg' }] },
      'ListCafes',
    ],
    [
      'getMenu',
      '/v1/cafes/harbour/menu',
      {},
      {
        cafe: { cafeId: 'harbour', name: 'Harbour Café', city: 'Hamburg' },
        currency: 'EUR',
        items: [{ itemId: 'harbour-espresso', name: 'Espresso', priceCents: 250, stockUnits: 40 }],
      },
      'GetMenu',
    ],
    [
      'topUp',
      '/v1/wallet/top-ups',
      post({ amountCents: 1_500 }, keyed),
      {
        topUpId: ORDER,
        amountCents: 1_500,
        currency: 'EUR',
        balanceCents: 1_500,
        creditedAt: '2026-11-21T09:30:15.250Z',
      },
      'Authenticate TopUp',
    ],
    [
      'getWallet',
      '/v1/wallet',
      { headers: bearer },
      { customerId: CUSTOMER, balanceCents: 1_500, currency: 'EUR' },
      'Authenticate GetWallet',
    ],
    ['placeOrder', '/v1/orders', post({ cafeId: 'harbour', items }, keyed), placed, 'Authenticate PlaceOrder'],
    [
      'placeOrder',
      '/v1/orders',
      post({ cafeId: 'harbour', items, clientNonce: 'n-1' }, keyed),
      { ...placed, clientNonce: 'n-1' },
      'Authenticate PlaceOrder',
    ],
    ['getOrder', `/v1/orders/${ORDER}`, { headers: bearer }, placed, 'Authenticate GetOrder'],
    [
      'listOrders',
      '/v1/orders',
      { headers: bearer },
      { orders: [placed], nextCursor: cursor },
      'Authenticate ListOrders',
    ],
    [
      'listOrders',
      `/v1/orders?limit=100&cursor=${cursor}`,
      { headers: bearer },
      { orders: [placed], nextCursor: cursor },
      'Authenticate ListOrders',
    ],
    [
      'getCafeReport',
      '/v1/analytics/cafes/harbour',
      { headers: bearer },
      {
        cafeId: 'harbour',
        minutes: [{ minute: '2026-11-21T09:30:00.000Z', orders: 3, revenueCents: 1_250 }],
        ordersTotal: 9,
        revenueTotalCents: 4_400,
        asOf: '2026-11-21T09:30:15.250Z',
      },
      'Authenticate GetCafeReport',
    ],
  ])('%s answers %s', async (name, path, request, answer, asked) => {
    world.calls.length = 0;

    const response = await fetch(world.url + path, request);

    expect(await response.json()).toEqual(answer);
    expect(response.status).toBe(routes[name].status);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(routes[name].reply.safeParse(answer).success).toBe(true);
    expect(world.calls.join(' ')).toBe(asked);
  });

  it('names the place of a new order', async () => {
    const response = await fetch(`${world.url}/v1/orders`, post({ cafeId: 'harbour', items }, keyed));
    expect(response.headers.get('location')).toBe(`/v1/orders/${ORDER}`);
    expect(response.headers.get('idempotency-replayed')).toBeNull();
  });

  it('passes principal, key and what was asked, and the fingerprint of what was asked', async () => {
    const fingerprints = new Map<string, string>();
    for (const body of [
      `{"cafeId":"harbour","items":[{"itemId":"harbour-espresso","quantity":2}]}`,
      ` { "items" : [ {"quantity": 2, "itemId":"harbour-espresso"} ], "cafeId":"h\\u0061rbour" } `,
      `{"cafeId":"harbour","items":[{"itemId":"harbour-espresso","quantity":3}]}`,
    ]) {
      await fetch(`${world.url}/v1/orders`, { method: 'POST', headers: keyed, body });
      const request = world.requests.at(-1) as { key: { fingerprint: Buffer } };
      fingerprints.set(body, request.key.fingerprint.toString('hex'));
      expect(request).toMatchObject({
        principal: { subject: CUSTOMER },
        key: { customerId: CUSTOMER, route: 'POST /v1/orders', key: 'key-1' },
        cafeId: 'harbour',
      });
    }
    const [first, sameInOtherWords, other] = [...fingerprints.values()];
    expect(first).toHaveLength(64);
    expect(sameInOtherWords).toBe(first);
    expect(other).not.toBe(first);
  });

  it('gives a replayed answer again byte for byte, and says so in a header only', async () => {
    const request = post({ cafeId: 'harbour', items }, keyed);
    const first = await fetch(`${world.url}/v1/orders`, request);
    world.next('PlaceOrder', async () => ({ order, replayed: true }));
    const second = await fetch(`${world.url}/v1/orders`, request);

    expect(second.status).toBe(first.status);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect(await second.text()).toBe(await first.text());
  });

  it('answers HEAD as GET without a body', async () => {
    const response = await fetch(`${world.url}/v1/cafes`, { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
  });

  it('asks analytics for the last hour of whole minutes, or for what the query says', async () => {
    await fetch(`${world.url}/v1/analytics/cafes/harbour`, { headers: bearer });
    const hour = world.requests.at(-1) as { fromMs: number; toMs: number };
    expect(hour.toMs - hour.fromMs).toBe(3_600_000);
    expect(hour.toMs % 60_000).toBe(0);
    expect(hour.toMs).toBeGreaterThan(Date.now() - 60_000);

    await fetch(`${world.url}/v1/analytics/cafes/harbour?from=2026-11-21T09:00:00Z&to=2026-11-21T10:00:00%2B00:30`, {
      headers: bearer,
    });
    expect(world.requests.at(-1)).toMatchObject({
      fromMs: Date.UTC(2026, 10, 21, 9),
      toMs: Date.UTC(2026, 10, 21, 9, 30),
    });
  });
});
