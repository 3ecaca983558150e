/** Requests of each class as clients send them, each told once and never repeated: what is measured is the system. */
import { randomUUID } from 'node:crypto';
import { type Answer, isDefinite, outcomeOf, reasonOf } from '../load/answers.ts';
import { Connection } from '../load/connection.ts';
import { type Customer, makeCustomers, readMenus } from '../load/customers.ts';
import { JournalWriter } from '../load/journal-writer.ts';
import { ask } from '../tools/order/api.ts';
import type { DemoAccount } from '../tools/system/installation.ts';
import type { Running } from '../tools/system/running.ts';

export type Kind = 'top-up' | 'order' | 'login' | 'menu' | 'report';

export interface Told {
  readonly kind: Kind;
  /** performance.now() when it was due. */
  readonly dueAt: number;
  /** From then to its answer. */
  readonly ms: number;
  /** Undefined when the connection broke. */
  readonly status: number | undefined;
  readonly reason: string;
  readonly retryAfterMs: number | undefined;
}

export interface TrafficOptions {
  /** Of this load alone, where the audit finds what its clients were told. */
  readonly journalFile: string;
  readonly customers: number;
  /** Each customer's money is for so many orders. */
  readonly ordersEach: number;
}

/** Enough of it that nothing runs out while a load goes on. */
const STOCK_MIN = 5_000;
const DEAREST_CENTS = 1_000;
const SOCKETS_MAX = 4_000;

export class Traffic {
  readonly #made: Made;
  readonly #connection: Connection;
  #turn = 0;

  private constructor(made: Made) {
    this.#made = made;
    this.#connection = new Connection(made.url, SOCKETS_MAX);
  }

  /** @throws Error when nothing of which there is enough is sold, or the journal is there already */
  static async on(
    { url, demoAccounts }: Pick<Running, 'url' | 'demoAccounts'>,
    options: TrafficOptions,
  ): Promise<Traffic> {
    const { journalFile, customers: count, ordersEach } = options;
    const staff = demoAccounts.find(({ roles }) => roles.includes('staff'));
    if (!staff) throw new Error('there is no demo account of the staff');
    const menus = await readMenus(url);
    const items = menus.flatMap(({ cafeId, items: all }) =>
      all
        .filter(({ stockUnits, priceCents }) => stockUnits >= STOCK_MIN && priceCents <= DEAREST_CENTS)
        .map(({ itemId, priceCents }) => ({ cafeId, itemId, priceCents })),
    );
    if (items.length === 0) throw new Error('no item has enough stock: begin with `npm start -- --fresh`');
    const cents = Math.max(...items.map(({ priceCents }) => priceCents)) * ordersEach;
    const money = Array.from({ length: count }, (_, customer) => ({ ...NO_ORDER, customer, cents }));
    const customers = await makeCustomers(url, count, money, () => undefined);
    const { email, password } = staff;
    const session = await ask<{ accessToken: string }>(url, { path: '/v1/auth/login', body: { email, password } });
    const journal = new JournalWriter(journalFile);
    return new Traffic({ url, staff, journal, customers, items, staffToken: session.body.accessToken });
  }

  send(kind: Kind, dueAt = performance.now()): Promise<Told> {
    if (kind === 'order') return this.order(dueAt);
    if (kind === 'top-up') return this.#post(kind, dueAt, { path: '/v1/wallet/top-ups', body: { amountCents: 100 } });
    if (kind === 'login') {
      const { email, password } = this.#made.staff;
      return this.#post(kind, dueAt, { path: '/v1/auth/login', body: { email, password } });
    }
    if (kind === 'menu') return this.#get(kind, dueAt, `/v1/cafes/${this.#made.items[0]?.cafeId}/menu`);
    return this.#get(kind, dueAt, `/v1/analytics/cafes/${this.#made.staff.cafeIds[0]}`);
  }

  close(): void {
    this.#connection.close();
    this.#made.journal.close();
  }

  /** @param headers for example a fault that keeps it in flight */
  async order(dueAt: number, headers: Readonly<Record<string, string>> = {}): Promise<Told> {
    const turn = this.#turn++;
    const { cafeId, itemId } = this.#made.items[turn % this.#made.items.length] as { cafeId: string; itemId: string };
    const customer = this.#made.customers[turn % this.#made.customers.length] as Customer;
    const key = `overload-${randomUUID()}`;
    const clientNonce = randomUUID();
    const request = { cafeId, items: [{ itemId, quantity: 1 }] };
    const body = JSON.stringify({ ...request, clientNonce });
    const token = await customer.token();
    const { answer } = await this.#connection.post({ path: '/v1/orders', token, key, body, headers });
    const outcome = outcomeOf(answer);
    const told = answer ? { status: answer.status, body: answer.body.toString() } : {};
    const { customerId } = customer;
    // What was not done is never sent again, so the journal may hold the stores to it.
    this.#made.journal.write({
      at: Date.now(),
      op: 'order',
      customerId,
      key,
      clientNonce,
      request,
      outcome: isDefinite(outcome) || outcome === 'not_done' ? outcome : 'unknown',
      ...told,
    });
    return toldOf('order', dueAt, answer);
  }

  async #post(kind: Kind, dueAt: number, { path, body }: { path: string; body: object }): Promise<Told> {
    const customer = this.#made.customers[this.#turn++ % this.#made.customers.length] as Customer;
    const token = await customer.token();
    const post = { path, token, key: randomUUID(), body: JSON.stringify(body) };
    return toldOf(kind, dueAt, (await this.#connection.post(post)).answer);
  }

  async #get(kind: Kind, dueAt: number, path: string): Promise<Told> {
    const response = await fetch(this.#made.url + path, {
      headers: { authorization: `Bearer ${this.#made.staffToken}` },
    }).catch((error: unknown) => {
      if (error instanceof TypeError) return undefined; // the connection broke
      throw error;
    });
    if (!response) return toldOf(kind, dueAt, undefined);
    const seconds = response.headers.get('retry-after');
    return toldOf(kind, dueAt, {
      status: response.status,
      body: Buffer.from(await response.arrayBuffer()),
      retryAfterMs: seconds === null ? undefined : Number(seconds) * 1_000,
    });
  }
}

interface Made {
  readonly url: string;
  readonly staff: DemoAccount;
  readonly journal: JournalWriter;
  readonly customers: readonly Customer[];
  readonly items: readonly { readonly cafeId: string; readonly itemId: string }[];
  readonly staffToken: string;
}

const NO_ORDER = { number: 0, atMs: 0, request: { cafeId: '', items: [] } };

function toldOf(kind: Kind, dueAt: number, answer: Pick<Answer, 'status' | 'body' | 'retryAfterMs'> | undefined): Told {
  return {
    kind,
    dueAt,
    ms: performance.now() - dueAt,
    status: answer?.status,
    reason: answer && answer.status >= 400 ? reasonOf(answer as Answer) : '',
    retryAfterMs: answer?.retryAfterMs,
  };
}
