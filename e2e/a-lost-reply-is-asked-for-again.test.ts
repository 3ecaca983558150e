import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call, customerWith, definite } from './client.ts';
import { HOOK_MS_MAX, type System, startSystem } from './system.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem();
}, HOOK_MS_MAX);
afterAll(() => system?.stop(), HOOK_MS_MAX);

const PRICE_CENTS = 220;
const body = { cafeId: 'harbour', items: [{ itemId: 'harbour-espresso', quantity: 1 }] };

const ordersOf = async (token: string): Promise<number> =>
  (await call(`${system.url}/v1/orders`, { token })).json.orders.length;
const balanceOf = async (token: string): Promise<number> =>
  (await call(`${system.url}/v1/wallet`, { token })).json.balanceCents;

describe('one order, and its reply or its request lost between two services', () => {
  it.each([
    // what goes wrong                                     the client's first answer   after that answer
    ['nothing', '', 201, 1],
    ['the request to business-logic is lost', 'business-logic.PlaceOrder=drop-request', 504, 0],
    ['the reply of business-logic is lost', 'business-logic.PlaceOrder=drop-reply', 504, 1],
    ['each request to storage is lost', 'storage.CommitOrder=drop-request', 504, 0],
    ['each reply of storage is lost', 'storage.CommitOrder=drop-reply', 504, 1],
    // The other replica is asked under the same key, so nobody notices.
    ['one request to storage is lost', 'storage.CommitOrder=drop-request*1', 201, 1],
    ['one reply of storage is lost', 'storage.CommitOrder=drop-reply*1', 201, 1],
    ['storage is asked twice at once', 'storage.CommitOrder=duplicate', 201, 1],
    ['business-logic is asked twice at once', 'business-logic.PlaceOrder=duplicate', 201, 1],
    ['auth answers late', 'auth.Authenticate=delay:100', 201, 1],
    ['storage says that it has too much to do, once', 'storage.CommitOrder=error:overloaded*1', 201, 1],
  ])('%s: one order and one charge in the end', async (_, plan, status, orders) => {
    const { token } = await customerWith(system.url, 1_000);
    const request = { token, key: randomUUID(), body };

    const first = await call(`${system.url}/v1/orders`, {
      ...request,
      ...(plan ? { headers: { 'seams-fault': plan } } : {}),
    });
    expect([first.status, await ordersOf(token)]).toEqual([status, orders]);

    const again = await definite(`${system.url}/v1/orders`, request);
    expect(again.status).toBe(201);
    if (first.status === 201) expect(again.text).toBe(first.text);
    expect(await ordersOf(token)).toBe(1);
    expect(await balanceOf(token)).toBe(1_000 - PRICE_CENTS);
  });

  it('looks the same to the client, whether the request or the reply was lost', async () => {
    const { token } = await customerWith(system.url, 1_000);
    const [request, reply] = await Promise.all(
      ['drop-request', 'drop-reply'].map((fault) =>
        call(`${system.url}/v1/orders`, {
          token,
          key: randomUUID(),
          body,
          headers: { 'seams-fault': `business-logic.PlaceOrder=${fault}` },
        }),
      ),
    );
    expect([reply?.status, reply?.text]).toEqual([request?.status, request?.text]);
  });
});

describe('a lab header that makes no sense', () => {
  it('is refused, and nothing is done', async () => {
    const { token } = await customerWith(system.url, 1_000);
    for (const [header, value, reason] of [
      ['seams-without', 'gravity', 'pattern_unknown'],
      ['seams-fault', 'storage.CommitOrder=explode', 'fault_plan_malformed'],
    ] as const) {
      const headers = { [header]: value };
      const reply = await call(`${system.url}/v1/orders`, { token, key: randomUUID(), body, headers });
      expect([reply.status, reply.json.reason]).toEqual([400, reason]);
    }
    expect(await ordersOf(token)).toBe(0);
  });
});
