/** The customers of one load: new ones, with money for what the plan has them order, and tokens that do not run out. */
import { randomUUID } from 'node:crypto';
import { ask, NotAnswered, register, topUp } from '../tools/order/api.ts';
import type { Menu, PlannedOrder } from './plan.ts';

export interface Customer {
  readonly customerId: string;
  /** Renewed before it ends: a long load outlives the 15 minutes of an access token. */
  token(): Promise<string>;
}

interface Session {
  readonly customerId: string;
  readonly accessToken: string;
  readonly accessExpiresInS: number;
}

/** Half as much again as the plan costs: without the key some orders are charged more than once, and that is to show. */
const MONEY_MARGIN = 1.5;
/** As many passwords as auth hashes at once; on a busy machine more would only pass their deadline waiting. */
const AT_ONCE_MAX = 2;
/** Of its life; the rest is for what is in flight. */
const TOKEN_USED_MAX = 0.6;

export async function readMenus(url: string): Promise<Menu[]> {
  const { body } = await ask<{ cafes: readonly { cafeId: string }[] }>(url, { path: '/v1/cafes' });
  const menus = await Promise.all(
    body.cafes.map(async ({ cafeId }) => {
      const menu = await ask<Pick<Menu, 'items'>>(url, { path: `/v1/cafes/${cafeId}/menu` });
      return { cafeId, items: menu.body.items };
    }),
  );
  // An order by the number of a café, so by names and not by what the system happened to answer first.
  return menus.sort((a, b) => (a.cafeId < b.cafeId ? -1 : 1));
}

export async function makeCustomers(
  url: string,
  count: number,
  plan: readonly PlannedOrder[],
  made: (count: number) => void,
): Promise<Customer[]> {
  const cents = Array.from({ length: count }, () => 0);
  for (const order of plan) cents[order.customer] = (cents[order.customer] ?? 0) + order.cents;
  const customers: Customer[] = [];
  let next = 0;
  let done = 0;
  const work = async (): Promise<void> => {
    for (let number = next++; number < count; number = next++) {
      customers[number] = await makeCustomer(url, Math.ceil((cents[number] ?? 0) * MONEY_MARGIN));
      made(++done);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE_MAX, count) }, work));
  return customers;
}

async function makeCustomer(url: string, cents: number): Promise<Customer> {
  const account = { email: `${randomUUID()}@load.example`, password: randomUUID() };
  let session = await register<Session>(url, { ...account, displayName: 'Load' });
  let renewAt = renewal(session);
  let renewing: Promise<void> | undefined;
  const renew = async (): Promise<void> => {
    try {
      session = (await ask<Session>(url, { path: '/v1/auth/login', body: account })).body;
      renewAt = renewal(session);
    } catch (error) {
      if (!(error instanceof NotAnswered)) throw error; // the old one is used up first, and the next request tries again
    } finally {
      renewing = undefined;
    }
  };
  await topUp(url, session.accessToken, cents);
  return {
    customerId: session.customerId,
    token: async () => {
      if (performance.now() >= renewAt) await (renewing ??= renew());
      return session.accessToken;
    },
  };
}

const renewal = ({ accessExpiresInS }: Session): number =>
  performance.now() + accessExpiresInS * 1_000 * TOKEN_USED_MAX;
