/** What orders left in the tables, to be compared with another way to commit them, and with what they were told. */
import { expect } from '@jest/globals';
import { type CommitOrderRequest, commitOrderResponse, orderPlaced, refusal } from '@seams/contracts';
import type { OrdersTrial } from './orders-trial.ts';

/** All that the orders of a run wrote, but ids that Postgres counts and times. */
export async function rowsOf({ read }: OrdersTrial, itemIds: readonly string[], customers: readonly string[]) {
  const mine = 'customer_id = ANY ($1)';
  const records = await read<{ outcome: string; answer: Buffer }>(
    `SELECT customer_id, route, key, fingerprint, outcome, answer FROM idempotency_records WHERE ${mine} ORDER BY key`,
    [customers],
  );
  const orders = `SELECT order_id FROM orders WHERE ${mine}`;
  const events = await read<{ payload: Buffer }>(
    `SELECT event_type, topic, message_key, payload, traceparent, headers FROM outbox WHERE message_key IN (SELECT order_id::text FROM orders WHERE ${mine}) ORDER BY outbox_id`,
    [customers],
  );
  return {
    records: records.map(({ answer, ...record }) => ({
      ...record,
      answer: record.outcome === 'done' ? commitOrderResponse.decode(answer) : refusal.decode(answer),
    })),
    orders: await read(`SELECT * FROM orders WHERE ${mine} ORDER BY order_id`, [customers]),
    lines: await read(`SELECT * FROM order_lines WHERE order_id IN (${orders}) ORDER BY order_id, line`, [customers]),
    moved: await read(
      `SELECT order_id, item_id, units FROM stock_movements WHERE order_id IN (${orders}) ORDER BY order_id, item_id`,
      [customers],
    ),
    booked: await read(
      `SELECT transfer_id, account, amount_cents, kind FROM ledger_entries WHERE transfer_id IN (${orders}) ORDER BY entry_id`,
      [customers],
    ),
    events: events.map(({ payload, ...event }) => ({
      ...event,
      payload: { ...orderPlaced.decode(payload), eventId: '' },
    })),
    wallets: await read(`SELECT * FROM wallets WHERE ${mine} ORDER BY customer_id`, [customers]),
    units: await read('SELECT item_id, stock_units FROM menu_items WHERE item_id = ANY ($1) ORDER BY item_id', [
      itemIds,
    ]),
  };
}

interface Books {
  readonly customers: readonly string[];
  readonly itemIds: readonly string[];
  readonly requests: readonly CommitOrderRequest[];
  readonly last: readonly string[];
  /** What there was, and 300 cents more for each customer. */
  readonly wallets: readonly (number | null)[];
  readonly units: readonly number[];
}

export async function expectBooksToBalance(trial: OrdersTrial, books: Books): Promise<void> {
  const { requests, last, customers, itemIds, wallets, units } = books;
  // An order for each key that was answered with one, and no other.
  const answered = new Set(last.filter((told) => told.startsWith('ok')).map((told) => told.split(' ')[1]));
  const orders = await trial.read<{ id: string; key: string }>(
    'SELECT order_id AS id, idempotency_key AS key FROM orders WHERE customer_id = ANY ($1)',
    [customers],
  );
  expect(orders.map(({ id }) => id).sort()).toEqual([...answered].sort());
  expect(new Set(orders.map(({ key }) => key)).size).toBe(orders.length);
  const events = await trial.read('SELECT 1 FROM outbox WHERE message_key = ANY ($1)', [orders.map(({ id }) => id)]);
  expect(events).toHaveLength(orders.length);

  // Counters and wallets are what the orders leave of them.
  const done = requests.filter(({ placed }) => answered.has(placed?.orderId));
  for (const [n, itemId] of itemIds.entries()) {
    const sold = done.flatMap(({ placed }) => placed?.lines ?? []).filter((each) => each.itemId === itemId);
    expect(await trial.units(itemId)).toBe(
      (units[n] as number) - sold.reduce((sum, { quantity }) => sum + quantity, 0),
    );
  }
  for (const [n, customerId] of customers.entries()) {
    const spent = done
      .filter(({ placed }) => placed?.customerId === customerId)
      .reduce((sum, { placed }) => sum + (placed?.totalCents ?? 0), 0);
    const [wallet] = await trial.read<{ cents: number; booked: number; lowest: number }>(
      `SELECT w.balance_cents::int AS cents, sum(e.amount_cents)::int AS booked, min(e.running)::int AS lowest
       FROM wallets w, (SELECT amount_cents, sum(amount_cents) OVER (ORDER BY entry_id) AS running FROM ledger_entries WHERE account = 'wallet:' || $1) e
       WHERE w.customer_id = $1::uuid GROUP BY w.balance_cents`,
      [customerId],
    );
    expect(wallet?.cents).toBe((wallets[n] ?? 0) + 300 - spent);
    expect(wallet?.booked).toBe(wallet?.cents);
    expect(wallet?.lowest).toBeGreaterThanOrEqual(0);
  }
}
