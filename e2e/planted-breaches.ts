/** Breaches of the audit's invariants, planted straight into the stores, each with what undoes it. */
import { randomUUID } from 'node:crypto';
import type { Customer } from './client.ts';

export interface Placed {
  readonly orderId: string;
  readonly eventId: string;
  readonly key: string;
  readonly nonce: string;
  readonly body: string;
}

export interface Scene {
  a: Placed;
  b: Placed;
  customer: Customer;
}

/** Filled when the orders are placed; the table below is made before. */
export const scene = {} as Scene;

export type Plant = readonly [
  what: string,
  /** Run by the superuser, triggers and foreign keys aside; a pair is what plants and what undoes. */
  statements: () => readonly [plant: string, undo: string],
  named: () => Readonly<Record<number, string | undefined>>,
  database?: string,
];

export const FAKE = randomUUID();
const kept = (table: string, where: string): [string, string] => [
  `CREATE TABLE kept AS SELECT * FROM ${table} WHERE ${where}; DELETE FROM ${table} WHERE ${where}`,
  `INSERT INTO ${table} ${table === 'outbox' ? 'OVERRIDING SYSTEM VALUE' : ''} SELECT * FROM kept; DROP TABLE kept`,
];
const changed = (table: string, change: string, back: string, where: string): [string, string] => [
  `UPDATE ${table} SET ${change} WHERE ${where}`,
  `UPDATE ${table} SET ${back} WHERE ${where}`,
];
/** The same, where the old value cannot be computed. */
const replaced = (table: string, change: string, where: string, column: string): [string, string] => [
  `CREATE TABLE kept AS SELECT ${column} AS old FROM ${table} WHERE ${where}; UPDATE ${table} SET ${change} WHERE ${where}`,
  `UPDATE ${table} SET ${column} = (SELECT old FROM kept) WHERE ${where}; DROP TABLE kept`,
];

const cup = (units: number): string =>
  `UPDATE menu_items SET stock_units = stock_units + ${units} WHERE item_id = 'harbour-espresso'`;
/** @param values kind, subject and units of a correction that nobody made */
const corrected = (values: string, also = 'SELECT', alsoUndone = 'SELECT'): [string, string] => [
  `INSERT INTO corrections (kind, subject, units, lab, run_id) SELECT ${values}, 'nobody', '${FAKE}'; ${also}`,
  `DELETE FROM corrections WHERE run_id = '${FAKE}'; ${alsoUndone}`,
];

export const orderAgainUnderAnotherKey = (): [plant: string, undo: string] => [
  `INSERT INTO orders SELECT '${FAKE}', customer_id, cafe_id, status, version, total_cents, currency, 'other', client_nonce, placed_at FROM orders WHERE order_id = '${scene.a.orderId}'`,
  `DELETE FROM orders WHERE order_id = '${FAKE}'`,
];

export const plants: readonly Plant[] = [
  [
    'a deleted order',
    () => kept('orders', `order_id = '${scene.a.orderId}'`),
    () => ({ 1: scene.a.orderId, 3: scene.a.orderId, 8: 'harbour' }),
  ],
  [
    'an order for the second time, under another key',
    orderAgainUnderAnotherKey,
    () => ({ 1: FAKE, 6: FAKE, 7: FAKE, 8: 'harbour' }),
  ],
  [
    'two orders under one key',
    () =>
      replaced('orders', `idempotency_key = '${scene.b.key}'`, `order_id = '${scene.a.orderId}'`, 'idempotency_key'),
    () => ({ 1: scene.a.orderId, 2: scene.b.key, 4: undefined }),
  ],
  [
    'an order under a refused key',
    () => changed('idempotency_records', `outcome = 'refused'`, `outcome = 'done'`, `key = '${scene.a.key}'`),
    () => ({ 1: scene.a.orderId, 3: scene.a.orderId }),
  ],
  [
    'the answer of another order under a key',
    () =>
      replaced(
        'idempotency_records',
        `answer = (SELECT answer FROM idempotency_records WHERE key = '${scene.b.key}')`,
        `key = '${scene.a.key}'`,
        'answer',
      ),
    () => ({ 4: scene.a.orderId }),
  ],
  [
    "an order's changed total",
    () =>
      changed(
        'orders',
        'total_cents = total_cents + 1',
        'total_cents = total_cents - 1',
        `order_id = '${scene.a.orderId}'`,
      ),
    () => ({ 1: scene.a.orderId, 4: scene.a.orderId, 6: scene.a.orderId, 7: scene.a.orderId, 8: 'harbour' }),
  ],
  [
    'a cup from nowhere',
    () =>
      changed(
        'menu_items',
        'stock_units = stock_units + 1',
        'stock_units = stock_units - 1',
        `item_id = 'harbour-espresso'`,
      ),
    () => ({ 5: 'harbour-espresso' }),
  ],
  [
    'a movement of a cup that was not sold',
    () => changed('stock_movements', 'units = units - 1', 'units = units + 1', `order_id = '${scene.a.orderId}'`),
    () => ({ 5: scene.a.orderId }),
  ],
  [
    'a ledger entry for the second time',
    () => [
      `INSERT INTO ledger_entries (transfer_id, account, amount_cents, kind) SELECT '${FAKE}', account, amount_cents, kind FROM ledger_entries WHERE transfer_id = '${scene.a.orderId}' AND amount_cents < 0`,
      `DELETE FROM ledger_entries WHERE transfer_id = '${FAKE}'`,
    ],
    () => ({ 3: FAKE, 6: FAKE }),
  ],
  [
    'a cent in a wallet',
    () =>
      changed(
        'wallets',
        'balance_cents = balance_cents + 1',
        'balance_cents = balance_cents - 1',
        `customer_id = '${scene.customer.customerId}'`,
      ),
    () => ({ 6: scene.customer.customerId }),
  ],
  [
    'an event that was never written',
    () => kept('outbox', `event_id = '${scene.a.eventId}'`),
    () => ({ 7: scene.a.eventId, 8: scene.a.eventId }),
  ],
  [
    'an event that is published and not on Kafka',
    () => [
      `INSERT INTO outbox (event_id, event_type, topic, message_key, payload, traceparent, published_at) SELECT '${FAKE}', event_type, topic, message_key, payload, traceparent, now() FROM outbox WHERE event_id = '${scene.a.eventId}'`,
      `DELETE FROM outbox WHERE event_id = '${FAKE}'`,
    ],
    () => ({ 7: FAKE, 8: FAKE }),
  ],
  [
    'an event that waits for a relay',
    () => [
      `UPDATE relay_lease SET holder = 'nobody', term = term + 1, expires_at = now() + interval '1 hour';
       UPDATE outbox SET published_at = NULL, created_at = created_at - interval '1 minute' WHERE event_id = '${scene.a.eventId}'`,
      `UPDATE outbox SET published_at = now() WHERE event_id = '${scene.a.eventId}'; UPDATE relay_lease SET expires_at = '-infinity'`,
    ],
    () => ({ 7: scene.a.eventId }),
  ],
  [
    'an event with other bytes than on Kafka',
    () => replaced('outbox', `payload = payload || '\\xf80701'::bytea`, `event_id = '${scene.a.eventId}'`, 'payload'),
    () => ({ 7: scene.a.eventId, 8: scene.a.eventId }),
  ],
  [
    "a café's doubled revenue",
    () =>
      changed(
        'cafe_totals',
        'revenue_cents = revenue_cents * 2',
        'revenue_cents = revenue_cents / 2',
        `cafe_id = 'station'`,
      ),
    () => ({ 8: 'station' }),
    'analytics',
  ],
  [
    'an event that was counted and never sent',
    () => [
      `INSERT INTO inbox (event_id, content_sha256) VALUES ('${FAKE}', sha256(''))`,
      `DELETE FROM inbox WHERE event_id = '${FAKE}'`,
    ],
    () => ({ 8: FAKE }),
    'analytics',
  ],
  [
    'an event that was not counted',
    () => kept('inbox', `event_id = '${scene.a.eventId}'`),
    () => ({ 8: scene.a.eventId }),
    'analytics',
  ],
  // A row that says "corrected" excuses nothing: no evidence, no refund, no cups, no order that stands instead.
  [
    'an order that a correction calls void',
    () => corrected(`'doubled_order', '${scene.a.orderId}', 0`),
    () => ({ 1: scene.a.orderId, 2: scene.a.orderId, 5: scene.a.orderId, 6: scene.a.orderId }),
  ],
  [
    'a cup from nowhere that a correction excuses',
    () => corrected(`'lost_update', 'harbour-espresso', 1`, cup(1), cup(-1)),
    () => ({ 5: 'harbour-espresso' }),
  ],
  [
    'an event that a correction calls put right',
    () => corrected(`'lost_event', '${scene.a.orderId}', 0`),
    () => ({ 7: scene.a.orderId }),
  ],
  [
    'a refund that belongs to no correction',
    () => [
      `INSERT INTO ledger_entries (transfer_id, account, amount_cents, kind) VALUES ('${FAKE}', 'cafe:harbour', -5, 'correction'), ('${FAKE}', 'cafe:station', 5, 'correction')`,
      `DELETE FROM ledger_entries WHERE transfer_id = '${FAKE}'`,
    ],
    () => ({ 3: FAKE }),
  ],
  [
    'a count that a correction calls doubled',
    () => [
      `INSERT INTO corrections (kind, subject, minute, orders, revenue_cents, lab, run_id) SELECT 'doubled_count', cafe_id, minute, 1, 1, 'nobody', '${FAKE}' FROM cafe_minutes WHERE cafe_id = 'station' LIMIT 1`,
      `DELETE FROM corrections WHERE run_id = '${FAKE}'`,
    ],
    () => ({ 8: 'station' }),
    'analytics',
  ],
];
