/** Requests of each class as clients send them, each told once and never repeated: what is measured is the system. */
import { randomUUID } from 'node:crypto';
import { type Answer, isDefinite, outcomeOf, reasonOf } from '../load/answers.ts';
import { Connection } from '../load/connection.ts';
import { type Customer, makeCustomers, readMenus } from '../load/customers.ts';
import type { JournalWriter } from '../load/journal-writer.ts';
import { ask } from '../tools/order/api.ts';
import type { DemoAccount } from '../tools/system/installation.ts';

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
  readonly url: string;
  readonly staff: DemoAccount;
  readonly journal: JournalWriter;
  readonly customers: number;
  /** Each customer's money is for so many orders. */
  readonly ordersEach: number;
}

/** Enough of it that nothing runs out while a load goes on. */
const STOCK_MIN = 5_000;
const DEAREST_CENTS = 1_000;
const SOCKETS_MAX = 4_000;

export class Traffic {
  readonly #options: TrafficOptions;
  readonly #customers: readonly Customer[];
  readonly #items: readonly { readonly cafeId: string; readonly itemId: string }[];
  readonly #staffToken: string;
  readonly #connection: Connection;
  #turn = 0;

  private constructor(options: TrafficOptions, made: Pick<Made, 'customers' | 'items' | 'staffToken'>) {
    this.#options = options;
    this.#customers = made.customers;
    this.#items = made.items;
    this.#staffToken = made.staffToken;
    this.#connection = new Connection(options.url, SOCKETS_MAX);
  }

  static async make(options: TrafficOptions): Promise<Traffic> {
    const { url, staff, customers: count, ordersEach } = options;
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
    return new Traffic(options, { customers, items, staffToken: session.body.accessToken });
  }

  send(kind: Kind, dueAt = performance.now()): Promise<Told> {
    if (kind === 'order') return this.order(dueAt);
    if (kind === 'top-up') return this.#post(kind, dueAt, { path: '/v1/wallet/top-ups', body: { amountCents: 100 } });
    if (kind === 'login') {
      const { email, password } = this.#options.staff;
      return this.#post(kind, dueAt, { path: '/v1/auth/login', body: { email, password } });
    }
    if (kind === 'menu') return this.#get(kind, dueAt, `/v1/cafes/${this.#items[0]?.cafeId}/menu`);
    return this.#get(kind, dueAt, `/v1/analytics/cafes/${this.#options.staff.cafeIds[0]}`);
  }

  close(): void {
    this.#connection.close();
  }

  /** @param headers for example a fault that keeps it in flight */
  async order(dueAt: number, headers: Readonly<Record<string, string>> = {}): Promise<Told> {
    const turn = this.#turn++;
    const { cafeId, itemId } = this.#items[turn % this.#items.length] as { cafeId: string; itemId: string };
    const customer = this.#customers[turn % this.#customers.length] as Customer;
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
    this.#options.journal.write({
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
    const customer = this.#customers[this.#turn++ % this.#customers.length] as Customer;
    const token = await customer.token();
    const post = { path, token, key: randomUUID(), body: JSON.stringify(body) };
    return toldOf(kind, dueAt, (await this.#connection.post(post)).answer);
  }

  async #get(kind: Kind, dueAt: number, path: string): Promise<Told> {
    const response = await fetch(this.#options.url + path, {
      headers: { authorization: `Bearer ${this.#staffToken}` },
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
