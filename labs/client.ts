/** What labs do as a client: customers of their own, and orders whose answers are looked at as they come. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ranOut } from '../load/answers.ts';
import { ask, register, topUp } from '../tools/order/api.ts';
import type { Running } from '../tools/system/running.ts';
import { noteFaults } from './fired.ts';

const START_CENTS = 10_000;
/** At every café, so that a lab can have a café of its own. */
const ITEM = 'espresso';
const PRICE_CENTS = 220;

export interface Customer {
  readonly token: string;
  /** The same with a token that no gateway has seen, so that the next request asks auth. */
  renewed(): Promise<Customer>;
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
export async function wallet(url: string, startCents = START_CENTS): Promise<Customer> {
  const registration = { email: `${randomUUID()}@lab.example`, password: randomUUID(), displayName: 'Lab' };
  const tokens = await register<Tokens>(url, registration);
  await topUp(url, tokens.accessToken, startCents);
  return customerOf(url, tokens, startCents);
}

interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

function customerOf(url: string, { accessToken: token, refreshToken }: Tokens, startCents: number): Customer {
  return {
    token,
    renewed: async () =>
      customerOf(url, (await ask<Tokens>(url, { path: '/v1/auth/refresh', body: { refreshToken } })).body, startCents),
    orders: async () => (await ask<{ orders: unknown[] }>(url, { path: '/v1/orders', token })).body.orders.length,
    charges: async () => {
      const { balanceCents } = (await ask<{ balanceCents: number }>(url, { path: '/v1/wallet', token })).body;
      return (startCents - balanceCents) / PRICE_CENTS;
    },
  };
}

/** One after the other: passwords are hashed slowly on purpose. */
export async function wallets(url: string, count: number, startCents = START_CENTS): Promise<Customer[]> {
  const made: Customer[] = [];
  while (made.length < count) made.push(await wallet(url, startCents));
  return made;
}

export interface Attempt {
  readonly cafeId: string;
  /** An espresso, if nothing is said. */
  readonly item?: string;
  readonly key: string;
  /** What the lab wants of this request. */
  readonly faults?: string | undefined;
  readonly without?: string | undefined;
}

/** One attempt at an order of one thing, never repeated by itself. */
export async function rawOrder(url: string, { token }: Customer, attempt: Attempt): Promise<RawAnswer> {
  const { cafeId, item = ITEM, key, faults, without } = attempt;
  const response = await fetch(`${url}/v1/orders`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'idempotency-key': key,
      ...(faults ? { 'seams-fault': faults } : {}),
      ...(without ? { 'seams-without': without } : {}),
    },
    body: JSON.stringify({ cafeId, items: [{ itemId: `${cafeId}-${item}`, quantity: 1 }] }),
  });
  const body = await response.text();
  const { reason = '' } = JSON.parse(body) as { reason?: string };
  const traceId = response.headers.get('trace-id') ?? '';
  noteFaults(faults, traceId);
  return { status: response.status, body, reason, traceId };
}

/** Each café has 20,000 of each of these: together enough for the quickest of machines. */
const PLENTY = ['espresso', 'flat-white', 'cappuccino', 'filter'];
const DEAREST_CENTS = 380;
/** For 4,000 orders of one customer: 13 s at 3 ms an order. */
export const PLENTY_CENTS = 4_000 * DEAREST_CENTS;

/**
 * Each customer orders again as soon as it has its answer, for so many seconds.
 * @throws Error when money or stock ran out: what came of that is no measurement
 */
export async function ordersFor(seconds: number, url: string, customers: readonly Customer[], cafeId: string) {
  const until = performance.now() + seconds * 1_000;
  const answers: (RawAnswer & { readonly ms: number })[] = [];
  const keepOrdering = async (customer: Customer): Promise<void> => {
    while (performance.now() < until) {
      const sentAt = performance.now();
      const item = PLENTY[answers.length % PLENTY.length] as string;
      const answer = await rawOrder(url, customer, { cafeId, item, key: randomUUID() });
      if (ranOut(answer.reason)) throw new Error(`${cafeId}: ${answer.reason}; begin with npm start -- --fresh`);
      answers.push({ ...answer, ms: performance.now() - sentAt });
    }
  };
  await Promise.all(customers.map(keepOrdering));
  return answers;
}

const ATTEMPTS_MAX = 10;
const BACKOFF_MS = 200;

export interface Definite extends RawAnswer {
  /** What came first, before it was asked again. */
  readonly first: RawAnswer;
}

/** An order until its answer is definite: what is unknown or not done is sent again, without faults, under its key. */
export async function order(url: string, customer: Customer, attempt: Attempt): Promise<Definite> {
  const first = await rawOrder(url, customer, attempt);
  let answer = first;
  for (let attempts = 1; NOT_DEFINITE.has(answer.status); attempts++) {
    if (attempts === ATTEMPTS_MAX) throw new Error(`no definite answer in ${ATTEMPTS_MAX} attempts: ${answer.reason}`);
    await sleep(BACKOFF_MS * attempts);
    answer = await rawOrder(url, customer, { ...attempt, faults: undefined });
  }
  return { ...answer, first };
}

const NOT_DEFINITE = new Set([429, 503, 504]);

/** What the café's counter of espressos shows. */
export async function stockOf(url: string, cafeId: string): Promise<number> {
  const { items } = (
    await ask<{ items: { itemId: string; stockUnits: number }[] }>(url, { path: `/v1/cafes/${cafeId}/menu` })
  ).body;
  const espresso = items.find(({ itemId }) => itemId === `${cafeId}-${ITEM}`);
  if (!espresso) throw new Error(`the menu of ${cafeId} has no ${ITEM}`);
  return espresso.stockUnits;
}

/** The operator's token, for reports. */
export async function operatorToken(system: Running): Promise<string> {
  const { email, password } = system.demoAccounts.find(({ roles }) => roles.includes('operator')) ?? {};
  const login = { path: '/v1/auth/login', body: { email, password } };
  return (await ask<{ accessToken: string }>(system.url, login)).body.accessToken;
}

/** Orders of a café that analytics has counted, as its report says over REST. */
export const countedOf = async (url: string, token: string, cafeId: string): Promise<number> =>
  (await ask<{ ordersTotal: number }>(url, { path: `/v1/analytics/cafes/${cafeId}`, token })).body.ordersTotal;
