/** What labs do as a client: customers of their own, and orders whose answers are looked at as they come. */
import { randomUUID } from 'node:crypto';
import { ask } from '../tools/order/api.ts';

const START_CENTS = 10_000;
const ITEM = { cafeId: 'harbour', items: [{ itemId: 'harbour-espresso', quantity: 1 }] };
const PRICE_CENTS = 220;

export interface Customer {
  readonly token: string;
  orders(): Promise<number>;
  /** What left the wallet, in orders of this lab. */
  charges(): Promise<number>;
}

export interface RawAnswer {
  readonly status: number;
  readonly body: string;
  readonly reason: string;
  readonly traceId: string;
}

/** A new customer with money. */
export async function wallet(url: string): Promise<Customer> {
  const registration = { email: `${randomUUID()}@lab.example`, password: randomUUID(), displayName: 'Lab' };
  const { body } = await ask<{ accessToken: string }>(url, { path: '/v1/auth/register', body: registration });
  const token = body.accessToken;
  await ask(url, { path: '/v1/wallet/top-ups', token, body: { amountCents: START_CENTS } });
  return {
    token,
    orders: async () => (await ask<{ orders: unknown[] }>(url, { path: '/v1/orders', token })).body.orders.length,
    charges: async () => {
      const { balanceCents } = (await ask<{ balanceCents: number }>(url, { path: '/v1/wallet', token })).body;
      return (START_CENTS - balanceCents) / PRICE_CENTS;
    },
  };
}

/** One attempt at an order, never repeated by itself. */
export async function rawOrder(
  url: string,
  { token }: Customer,
  key: string,
  headers: Record<string, string>,
): Promise<RawAnswer> {
  const response = await fetch(`${url}/v1/orders`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'idempotency-key': key,
      ...headers,
    },
    body: JSON.stringify(ITEM),
  });
  const body = await response.text();
  const { reason = '' } = JSON.parse(body) as { reason?: string };
  return { status: response.status, body, reason, traceId: response.headers.get('trace-id') ?? '' };
}
