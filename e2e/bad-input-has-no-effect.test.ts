import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Call, type Customer, call, customerWith, definite } from './client.ts';
import { HOOK_MS_MAX, type System, startSystem } from './system.ts';

let system: System;
let ada: Customer;
let ben: Customer;
beforeAll(async () => {
  system = await startSystem();
  ada = await customerWith(system.url, 50_000);
  ben = await customerWith(system.url, 50_000);
}, HOOK_MS_MAX);
afterAll(() => system?.stop(), HOOK_MS_MAX);

const ITEM = 'harbour-espresso';
const order = (changes: object = {}) => ({ cafeId: 'harbour', items: [{ itemId: ITEM, quantity: 1 }], ...changes });
const quantity = (value: unknown) => ({ body: order({ items: [{ itemId: ITEM, quantity: value }] }) });

/** Everything that an order could have changed. */
async function state(): Promise<unknown> {
  const counts = ['orders', 'order_lines', 'stock_movements', 'ledger_entries', 'outbox', 'top_ups'].map(
    (table) => `(SELECT count(*)::int FROM ${table}) AS ${table}`,
  );
  return system.sql(
    'storage',
    `SELECT ${counts.join(', ')}, (SELECT sum(stock_units)::int FROM menu_items) AS stock, (SELECT sum(balance_cents)::int FROM wallets) AS money`,
  );
}

describe('an order that can not be understood', () => {
  it.each<[string, Call, number, string]>([
    ['truncated JSON', { raw: '{"cafeId":"harbour"' }, 400, 'malformed_json'],
    ['a trailing comma', { raw: '{"cafeId":"harbour",}' }, 400, 'malformed_json'],
    [
      'NaN',
      { raw: '{"cafeId":"harbour","items":[{"itemId":"harbour-espresso","quantity":NaN}]}' },
      400,
      'malformed_json',
    ],
    ['a byte order mark', { raw: `\uFEFF${JSON.stringify(order())}` }, 400, 'malformed_json'],
    ['an unknown field', { body: order({ totalCents: 1 }) }, 400, 'invalid_body'],
    ['a customer of its own choice', { body: order({ customerId: randomUUID() }) }, 400, 'invalid_body'],
    ['quantity as text', quantity('1'), 400, 'invalid_body'],
    ['quantity 0', quantity(0), 400, 'invalid_body'],
    ['quantity -1', quantity(-1), 400, 'invalid_body'],
    ['quantity 1.5', quantity(1.5), 400, 'invalid_body'],
    ['quantity 2^31', quantity(2 ** 31), 400, 'invalid_body'],
    [
      'quantity 2^63',
      { raw: JSON.stringify(order()).replace('"quantity":1', '"quantity":9223372036854775808') },
      400,
      'invalid_body',
    ],
    [
      'quantity 1e309',
      { raw: JSON.stringify(order()).replace('"quantity":1', '"quantity":1e309') },
      400,
      'invalid_body',
    ],
    ['quantity 21', quantity(21), 400, 'quantity_out_of_range'],
    ['no items', { body: order({ items: [] }) }, 400, 'invalid_body'],
    [
      'the same item twice',
      {
        body: order({
          items: [
            { itemId: ITEM, quantity: 1 },
            { itemId: ITEM, quantity: 2 },
          ],
        }),
      },
      400,
      'item_twice',
    ],
    ['an unknown item', { body: order({ items: [{ itemId: 'harbour-unicorn', quantity: 1 }] }) }, 409, 'item_unknown'],
    [
      'an item of another café',
      { body: order({ items: [{ itemId: 'station-espresso', quantity: 1 }] }) },
      409,
      'item_unknown',
    ],
    ['an unknown café', { body: order({ cafeId: 'moon' }) }, 404, 'cafe_unknown'],
    ['a null byte', { body: order({ clientNonce: 'a\u0000b' }) }, 400, 'invalid_body'],
    ['an array', { raw: '[]' }, 400, 'malformed_json'],
    ['null', { raw: 'null' }, 400, 'malformed_json'],
    [
      'a prototype',
      { raw: `{"__proto__":{"role":"operator"},"cafeId":"harbour","items":[{"itemId":"${ITEM}","quantity":1}]}` },
      400,
      'malformed_json',
    ],
    [
      'text',
      { raw: JSON.stringify(order()), headers: { 'content-type': 'text/plain' } },
      415,
      'media_type_unsupported',
    ],
    ['100 KB', { body: order({ clientNonce: 'x'.repeat(100_000) }) }, 413, 'body_too_large'],
    ['no key', { body: order(), key: undefined }, 400, 'idempotency_key_missing'],
    ['an empty key', { body: order(), key: '' }, 400, 'idempotency_key_malformed'],
    ['a key of 300 characters', { body: order(), key: 'k'.repeat(300) }, 400, 'idempotency_key_malformed'],
    ['no token', { body: order(), token: undefined }, 401, 'token_missing'],
    ['a broken token', { body: order(), token: 'a.b.c' }, 401, 'token_malformed'],
  ])('because of %s is refused, in words, and changes nothing', async (_, bad, status, reason) => {
    const before = await state();
    const reply = await call(`${system.url}/v1/orders`, {
      method: 'POST',
      token: ada.token,
      key: randomUUID(),
      ...bad,
    });
    expect([reply.status, reply.json.reason]).toEqual([status, reason]);
    expect(reply.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(reply.json).toMatchObject({ status, title: expect.any(String), detail: expect.any(String) });
    if (status === 401) expect(reply.headers.get('www-authenticate')).toMatch(/^Bearer/);
    expect(await state()).toEqual(before);
  });

  it('by a token whose signature was changed in one bit is refused', async () => {
    const [head, payload, signature = ''] = ada.token.split('.');
    const bytes = Buffer.from(signature, 'base64url');
    bytes[10] = (bytes[10] ?? 0) ^ 1;
    const token = `${head}.${payload}.${bytes.toString('base64url')}`;
    const reply = await call(`${system.url}/v1/orders`, { token, key: randomUUID(), body: order() });
    expect([reply.status, reply.json.reason]).toEqual([401, 'token_invalid']);
  });
});

describe('an order of someone else', () => {
  it('is as unknown as one that never was', async () => {
    const placed = await call(`${system.url}/v1/orders`, { token: ada.token, key: randomUUID(), body: order() });
    const foreign = await call(`${system.url}/v1/orders/${placed.json.orderId}`, { token: ben.token });
    const nothing = await call(`${system.url}/v1/orders/${randomUUID()}`, { token: ben.token });
    expect([foreign.status, foreign.text]).toEqual([404, nothing.text]);
    const list = await call(`${system.url}/v1/orders`, { token: ben.token });
    expect(list.json.orders).toEqual([]);
    const cursor = Buffer.from(placed.json.orderId.replaceAll('-', ''), 'hex').toString('base64url');
    const page = await call(`${system.url}/v1/orders?cursor=${cursor}`, { token: ben.token });
    expect([page.status, page.json.reason]).toEqual([404, 'cursor_unknown']);
  });

  it('counts for nobody’s report but its café’s', async () => {
    const reply = await definite(`${system.url}/v1/analytics/cafes/harbour`, { token: ben.token });
    expect([reply.status, reply.json.reason]).toEqual([403, 'not_your_cafe']);
  });
});

describe('a list of orders', () => {
  it('is paged newest first, each order once', async () => {
    const { token } = await customerWith(system.url, 50_000);
    const placed: string[] = [];
    for (let n = 0; n < 7; n++) {
      const { json } = await call(`${system.url}/v1/orders`, { token, key: randomUUID(), body: order() });
      placed.unshift(json.orderId);
    }
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { status, json } = await call(`${system.url}/v1/orders?limit=3${cursor ? `&cursor=${cursor}` : ''}`, {
        token,
      });
      expect(status).toBe(200);
      seen.push(...json.orders.map(({ orderId }) => orderId));
      cursor = json.nextCursor;
    }
    expect(seen).toEqual(placed);
  });

  it.each(['limit=0', 'limit=-1', 'limit=1000000000', 'limit=x', 'cursor=%00', 'cursor=abc', 'sort=total'])(
    'with %s is refused',
    async (query) => {
      const reply = await call(`${system.url}/v1/orders?${query}`, { token: ada.token });
      expect(reply.status).toBe(400);
    },
  );
});

interface Documented {
  readonly TopUpRequest: { readonly properties: { readonly amountCents: { minimum: number; maximum: number } } };
  readonly OrderRequest: {
    readonly properties: {
      readonly items: { maxItems: number; items: { properties: { quantity: { maximum: number } } } };
    };
  };
  readonly Registration: {
    readonly properties: {
      readonly password: { minLength: number; maxLength: number };
      readonly displayName: { maxLength: number; pattern: string };
    };
  };
}
async function documented(): Promise<Documented> {
  const response = await fetch(`${system.url}/openapi.json`);
  return ((await response.json()) as { components: { schemas: Documented } }).components.schemas;
}

describe('a limit that the OpenAPI document names', () => {
  it('is the one that its owner keeps: its value is taken, the one beside it refused with its reason', async () => {
    const schemas = await documented();
    const { token } = await customerWith(system.url, 50_000);
    const post = async (path: string, body: object) => {
      const { json } = await call(`${system.url}${path}`, { method: 'POST', token, key: randomUUID(), body });
      return json.reason ?? 'taken';
    };
    const topUp = (amountCents: number) => post('/v1/wallet/top-ups', { amountCents });
    const { minimum, maximum } = schemas.TopUpRequest.properties.amountCents;
    expect([await topUp(minimum), await topUp(minimum - 1)]).toEqual(['taken', 'amount_out_of_range']);
    expect([await topUp(maximum), await topUp(maximum + 1)]).toEqual(['taken', 'invalid_body']);

    const { items } = schemas.OrderRequest.properties;
    const most = items.items.properties.quantity.maximum;
    const of = (units: number) => post('/v1/orders', { cafeId: 'harbour', items: [{ itemId: ITEM, quantity: units }] });
    expect([await of(most), await of(most + 1)]).toEqual(['taken', 'quantity_out_of_range']);
    const lines = (count: number) => Array.from({ length: count }, (_, at) => ({ itemId: `none-${at}`, quantity: 1 }));
    const listing = (count: number) => post('/v1/orders', { cafeId: 'harbour', items: lines(count) });
    expect([await listing(items.maxItems), await listing(items.maxItems + 1)]).toEqual([
      'item_unknown',
      'too_many_lines',
    ]);

    const { password, displayName } = schemas.Registration.properties;
    const register = (change: object) =>
      post('/v1/auth/register', { email: `${randomUUID()}@b.io`, password: 'password', displayName: 'Ada', ...change });
    const key = '\u{1f511}';
    for (const length of [password.minLength, password.maxLength])
      expect(await register({ password: key.repeat(length) })).toBe('taken');
    for (const length of [password.minLength - 1, password.maxLength + 1])
      expect(await register({ password: key.repeat(length) })).toBe('password_out_of_range');
    for (const [name, reason] of [
      [key.repeat(displayName.maxLength), 'taken'],
      [key.repeat(displayName.maxLength + 1), 'display_name_malformed'],
      ['\u3164', 'display_name_malformed'],
    ] as const) {
      expect([name, await register({ displayName: name })]).toEqual([name, reason]);
      expect(new RegExp(displayName.pattern, 'u').test(name)).toBe(name !== '\u3164');
    }
  });
});
