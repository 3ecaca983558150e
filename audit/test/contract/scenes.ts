/** What is wrong in each scene, and which questions must say so. */
import { corrections } from './correction-scenes.ts';
import {
  BY_KEY,
  balance,
  CHARGES,
  COUNTERS,
  ENTRIES,
  EVENTS,
  entries,
  entry,
  KEYS,
  LEFTOVERS,
  MOVEMENTS,
  OVERDRAWN,
  order,
  REFUNDS,
  REFUSED,
  record,
  type Scene,
  SOLD,
  stock,
  TOP_UPS,
  TOTALS,
  TRANSFERS,
  WALLETS,
  wallet,
} from './scene-parts.ts';

const orders: readonly Scene[] = [
  ['a key without a record', `DELETE FROM idempotency_records WHERE key = 'k3'`, { [KEYS]: ['o-3'] }],
  ['a key recorded as refused', record('k3', `outcome = 'refused'`), { [KEYS]: ['o-3'], [REFUSED]: ['o-3'] }],
  ['a key of another customer', record('k3', 'customer_id = :c-1'), { [KEYS]: ['o-3'] }],
  ['a key of another route', record('k3', `route = 'other'`), { [KEYS]: ['o-3'] }],
  ['another key', record('k3', `key = 'k4'`), { [KEYS]: ['o-3'] }],
  [
    'a total of more than its lines',
    'UPDATE orders SET total_cents = 641 WHERE order_id = :o-1',
    { [TOTALS]: ['o-1'], [ENTRIES]: ['o-1'] },
  ],
  ['an order without lines', 'DELETE FROM order_lines WHERE order_id = :o-2', { [TOTALS]: ['o-2'], [SOLD]: ['o-2'] }],
  [
    'two orders under a key',
    order('o-6', 'c-2', 'k3'),
    { [BY_KEY]: ['k3'], [TOTALS]: ['o-6'], [ENTRIES]: ['o-6'], [EVENTS]: ['o-6'] },
  ],
  [
    'an order under a refused key',
    order('o-6', 'c-1', 'refused'),
    { [REFUSED]: ['o-6'], [KEYS]: ['o-6'], [TOTALS]: ['o-6'], [ENTRIES]: ['o-6'], [EVENTS]: ['o-6'] },
  ],
  [
    'an order under the refused key of another',
    `UPDATE orders SET idempotency_key = 'refused' WHERE order_id = :o-2`,
    {},
  ],
  [
    'a key without a record, of an order that was placed by a clock that is a day behind',
    `UPDATE orders SET placed_at = now() - interval '30 hours' WHERE order_id = :o-3; DELETE FROM idempotency_records WHERE key = 'k3'`,
    { [KEYS]: ['o-3'] },
  ],
  [
    'a key that was swept, of an order that was placed by a clock that is a day ahead',
    'UPDATE orders SET placed_at = now() WHERE order_id = :o-2',
    {},
  ],
  [
    'a key that came again after a day',
    entry('o-3', '', `entered_at = now() - interval '24 hours'`) + order('o-6', 'c-2', 'k3'),
    { [TOTALS]: ['o-6'], [ENTRIES]: ['o-6'], [EVENTS]: ['o-6'] },
  ],
  [
    'a key that came again on the same day',
    entry('o-3', '', `entered_at = now() - interval '22 hours'`) + order('o-6', 'c-2', 'k3'),
    { [BY_KEY]: ['k3'], [TOTALS]: ['o-6'], [ENTRIES]: ['o-6'], [EVENTS]: ['o-6'] },
  ],
  [
    'a key that came again after a day and was refused',
    order('o-6', 'c-1', 'refused') + record('refused', `created_at = now() + interval '24 hours'`),
    { [KEYS]: ['o-6'], [TOTALS]: ['o-6'], [ENTRIES]: ['o-6'], [EVENTS]: ['o-6'] },
  ],
  [
    'a refused key of an order that was placed by a clock that is ahead',
    order('o-6', 'c-1', 'refused') +
      entries('o-6', 'order', [wallet('c-1'), -1], ["'cafe:harbour'", 1]) +
      entry('o-6', '', `entered_at = now() - interval '24 hours'`) +
      balance('c-1', 359),
    { [TOTALS]: ['o-6'], [EVENTS]: ['o-6'] },
  ],
  ['an event too few', 'DELETE FROM outbox WHERE event_id = :e-2', { [EVENTS]: ['o-2'] }],
  ['an order without events', 'DELETE FROM outbox WHERE event_id = :e-3', { [EVENTS]: ['o-3'] }],
  [
    'an event too many',
    `INSERT INTO outbox (event_id, event_type, topic, message_key, payload, traceparent) VALUES (:e-9, '', '', :o-1, '', '')`,
    { [EVENTS]: ['o-1'] },
  ],
];

const leftovers: readonly Scene[] = [
  ['entries of no order', entries('o-9', 'order', ["'a'", -1], ["'b'", 1]), { [LEFTOVERS]: ['o-9'] }],
  ['entries of no top-up', entries('t-9', 'top_up', ["'a'", -1], ["'b'", 1]), { [LEFTOVERS]: ['t-9'] }],
  ['entries of no correction', entries('x-9', 'correction', ["'a'", -1], ["'b'", 1]), { [LEFTOVERS]: ['x-9'] }],
  [
    'a line of no order',
    `INSERT INTO order_lines VALUES (:o-9, 1, 'tea', 'Tea', 1, 300)`,
    { [LEFTOVERS]: ['o-9'], [SOLD]: ['o-9'] },
  ],
  [
    'a movement of no order',
    `INSERT INTO stock_movements (order_id, item_id, units) VALUES (:o-9, 'tea', -1); ${stock('tea', 95)}`,
    { [LEFTOVERS]: ['o-9'], [SOLD]: ['o-9'] },
  ],
  [
    'an event of no order',
    `INSERT INTO outbox (event_id, event_type, topic, message_key, payload, traceparent) VALUES (:e-9, '', '', :o-9, '', '')`,
    { [LEFTOVERS]: ['o-9'] },
  ],
  ['entries of a top-up that call it an order', entry('t-1', '', `kind = 'order'`), { [LEFTOVERS]: ['t-1'] }],
  ['entries of an order that call it a top-up', entry('o-1', '', `kind = 'top_up'`), { [LEFTOVERS]: ['o-1'] }],
  ['entries of an order that call it a correction', entry('o-2', '', `kind = 'correction'`), { [LEFTOVERS]: ['o-2'] }],
  [
    'entries of a correction that call it an order',
    entry('x-1', '', `kind = 'order'`),
    { [LEFTOVERS]: ['x-1'], [REFUNDS]: ['o-4'] },
  ],
];

const stocks: readonly Scene[] = [
  ['a counter that is off', stock('tea', 95), { [COUNTERS]: ['tea'] }],
  ['a counter that is off without a movement', stock('cake', 1), { [COUNTERS]: ['cake'] }],
  [
    'an item on two lines',
    `UPDATE order_lines SET quantity = 1 WHERE order_id = :o-1 AND line = 1; INSERT INTO order_lines VALUES (:o-1, 3, 'tea', 'Tea', 1, 300)`,
    {},
  ],
  [
    'an item on two lines of a void order',
    `UPDATE order_lines SET unit_price_cents = 20 WHERE order_id = :o-4; INSERT INTO order_lines VALUES (:o-4, 2, 'mug', 'Mug', 1, 20);
     UPDATE stock_movements SET units = -2 WHERE order_id = :o-4; UPDATE stock_returns SET units = 2 WHERE correction_id = :x-1`,
    {},
  ],
  [
    'a counter below 0',
    `UPDATE menu_items SET stock_units = -1, initial_units = -1 WHERE item_id = 'cake'`,
    { [COUNTERS]: ['cake'] },
  ],
  [
    'a movement twice',
    `INSERT INTO stock_movements (order_id, item_id, units) VALUES (:o-1, 'mug', -1); ${stock('mug', 48)}`,
    { [MOVEMENTS]: ['o-1'], [SOLD]: ['o-1'] },
  ],
  [
    'a movement by less',
    `UPDATE stock_movements SET units = -1 WHERE order_id = :o-1 AND item_id = 'tea'; ${stock('tea', 97)}`,
    { [SOLD]: ['o-1'] },
  ],
  [
    'a sold cup that never left',
    `DELETE FROM stock_movements WHERE order_id = :o-1 AND item_id = 'mug'; ${stock('mug', 50)}`,
    { [SOLD]: ['o-1'] },
  ],
];

const ledger: readonly Scene[] = [
  [
    'a transfer that loses a cent',
    entry('t-1', 'card', 'amount_cents = -1001'),
    { [TRANSFERS]: ['t-1'], [TOP_UPS]: ['t-1'] },
  ],
  [
    'an order charged twice',
    entries('o-1', 'order', [wallet('c-1'), -10], ["'cafe:harbour'", 10]) + balance('c-1', 350),
    { [CHARGES]: ['o-1'], [ENTRIES]: ['o-1'] },
  ],
  ['a balance that is off', balance('c-1', 361), { [WALLETS]: ['c-1'] }],
  ['a balance without entries', balance('c-3', 1), { [WALLETS]: ['c-3'] }],
  ['entries of no wallet', 'DELETE FROM wallets WHERE customer_id = :c-1', { [WALLETS]: ['c-1'] }],
  [
    'a wallet below 0',
    entries('t-2', 'top_up', [wallet('c-2'), -1], ["'card-clearing'", 1]) + balance('c-2', -1),
    { [WALLETS]: ['c-2'], [OVERDRAWN]: ['c-2'], [TOP_UPS]: ['t-2'] },
  ],
  [
    'a wallet that was below 0 for a moment',
    entries('x-2', 'correction', [wallet('c-3'), -5], ["'a'", 5]) +
      entries('x-3', 'correction', [wallet('c-3'), 5], ["'a'", -5]),
    { [OVERDRAWN]: ['c-3'] },
  ],
  ['an account that is no wallet below 0', entries('x-2', 'correction', ["'wallets:x'", -5], ["'a'", 5]), {}],
  [
    'an order charged to another',
    entry('o-3', 'wallet', `account = ${wallet('c-1')}`) + balance('c-1', 60) + balance('c-2', 300),
    { [ENTRIES]: ['o-3'], [OVERDRAWN]: ['c-1'] },
  ],
  ['an order paid to another café', entry('o-1', 'cafe', `account = 'cafe:station'`), { [ENTRIES]: ['o-1'] }],
  ['an order with more entries', entries('o-1', 'order', ["'a'", -1], ["'b'", 1]), { [ENTRIES]: ['o-1'] }],
  [
    'an order without entries',
    `DELETE FROM ledger_entries WHERE transfer_id = :o-2; ${balance('c-2', 300)}`,
    { [ENTRIES]: ['o-2'] },
  ],
  [
    'an order that pays its customer',
    entry('o-1', '', 'amount_cents = -amount_cents') + balance('c-1', 1_640),
    { [ENTRIES]: ['o-1'] },
  ],
  [
    'a top-up credited to another',
    entry('t-1', 'wallet', `account = ${wallet('c-3')}, entry_id = DEFAULT`) +
      balance('c-1', -640) +
      balance('c-3', 1_000),
    { [TOP_UPS]: ['t-1'], [WALLETS]: ['c-1'], [OVERDRAWN]: ['c-1'] },
  ],
  ['a top-up from nowhere', entry('t-1', 'card', `account = 'a'`), { [TOP_UPS]: ['t-1'] }],
  [
    'a top-up without entries',
    `DELETE FROM ledger_entries WHERE transfer_id = :t-2; INSERT INTO top_ups VALUES (:t-3, :c-3, 5, 't3', now())`,
    { [TOP_UPS]: ['t-2', 't-3'], [WALLETS]: ['c-2'], [OVERDRAWN]: ['c-2'] },
  ],
];

export const scenes: readonly Scene[] = [
  ['nothing wrong', '', {}],
  ...orders,
  ...leftovers,
  ...stocks,
  ...ledger,
  ...corrections,
];
