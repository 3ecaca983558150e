/** Orders at the speed of SQL: storage's own use case on the running system's database, without HTTP and gRPC before it. */
import { randomBytes, randomUUID } from 'node:crypto';
import { rootContext } from '@seams/call';
import type { CommitOrderRequest } from '@seams/contracts';
import { openDb } from '@seams/postgres';
import { createLogger } from '@seams/telemetry';
import { v7 as uuidv7 } from 'uuid';
import { makeCustomers, readMenus } from '../../load/customers.ts';
import { readAnswer } from '../../services/storage/src/idempotency/record-store.ts';
import { commitOrderWith } from '../../services/storage/src/orders/commit-order.ts';
import { groupCommit } from '../../services/storage/src/outbound/group-commit.ts';
import type { Running } from '../../tools/system/running.ts';

const CONNECTIONS_MAX = 4;
const ORDER_MS_MAX = 10_000;
const CUSTOMERS = 8;
const CALLERS = 64;
const STOCK_MIN = 5_000;

export interface Placing {
  /** Resolves with how many were committed: all of them, or it throws. */
  place(orders: number): Promise<number>;
  close(): Promise<void>;
}

/** @param ordersMax what its customers have money for */
export async function placingOn(running: Running, ordersMax: number): Promise<Placing> {
  const menus = await readMenus(running.url);
  const items = menus.flatMap(({ cafeId, items: all }) =>
    all.filter(({ stockUnits }) => stockUnits >= STOCK_MIN).map((item) => ({ cafeId, ...item })),
  );
  if (items.length === 0) throw new Error('no item has enough stock: name another data folder');
  const cents = Math.max(...items.map(({ priceCents }) => priceCents)) * Math.ceil(ordersMax / CUSTOMERS);
  const money = Array.from({ length: CUSTOMERS }, (_, customer) => ({ ...NO_ORDER, customer, cents }));
  const customers = await makeCustomers(running.url, CUSTOMERS, money, () => undefined);
  const log = createLogger({ service: 'bench', process: 'bench', logLevel: 'error' });
  const url = running.postgresUrl('storage', 'storage');
  const db = openDb({ name: 'storage', url, applicationName: 'bench', connectionsMax: CONNECTIONS_MAX, log });
  const commit = commitOrderWith({
    newId: uuidv7,
    traceparent: () => '',
    settle: groupCommit({ db, ordersMax: 32, atOnceMax: 2 }),
    readAnswer: (ctx, key) => readAnswer(db, ctx, key),
  });
  const requestOf = (number: number): CommitOrderRequest => {
    const { cafeId, itemId, priceCents } = items[number % items.length] as (typeof items)[number];
    const customerId = customers[number % customers.length]?.customerId ?? '';
    const placed = {
      ...{ orderId: uuidv7(), customerId, cafeId, status: 'ORDER_STATUS_PLACED' as const, version: 1 },
      ...{ lines: [{ itemId, name: itemId, quantity: 1, unitPriceCents: priceCents }], totalCents: priceCents },
      ...{ currency: 'EUR', placedAtMs: Date.now(), clientNonce: randomUUID() },
    };
    const key = { customerId, route: 'POST /v1/orders', key: randomUUID(), fingerprint: randomBytes(32) };
    return { key, placed, refused: null, decision: 'placed' };
  };
  return {
    place: async (orders) => {
      let next = 0;
      const caller = async (): Promise<void> => {
        for (let number = next++; number < orders; number = next++) {
          const ctx = rootContext({ atMostMs: ORDER_MS_MAX, signal: new AbortController().signal });
          await commit(ctx, requestOf(number));
        }
      };
      await Promise.all(Array.from({ length: CALLERS }, caller));
      return orders;
    },
    close: () => db.close(),
  };
}

const NO_ORDER = { number: 0, atMs: 0, request: { cafeId: '', items: [] } };
