import type { Order, OrderLine } from '@seams/contracts';
import { statement, type Tx } from '@seams/postgres';
import { exhausted, inLockOrder } from '../orders/order-store.ts';

const READ_STOCK = statement(
  'naive_read_stock',
  'SELECT stock_units AS units FROM menu_items WHERE item_id = $1 AND cafe_id = $2',
);
const WRITE_STOCK = statement(
  'naive_write_stock',
  'UPDATE menu_items SET stock_units = $3 WHERE item_id = $1 AND cafe_id = $2',
);
const READ_OVERWRITTEN = statement(
  'naive_read_overwritten',
  'SELECT stock_units AS units FROM menu_items WHERE item_id = $1 AND cafe_id = $2 FOR NO KEY UPDATE',
);
const NOTE_FORGOTTEN = statement(
  'naive_note_forgotten',
  `INSERT INTO naive_writes (order_id, without, item_id, forgotten_units) VALUES ($1, 'optimistic-lock', $2, $3)`,
);

/**
 * What a service does that reads a number, decides, and writes the result: two that read 5 both write 4, and one sale is
 * lost. It stands in a transaction like the real one's; READ COMMITTED does not help. For labs, to count the lost updates.
 */
export async function takeStockReadThenWrite(tx: Tx, order: Order): Promise<void> {
  for (const line of inLockOrder(order.lines)) {
    const { rows } = await tx.query<{ units: number }>(READ_STOCK, [line.itemId, order.cafeId]);
    const read = rows[0]?.units ?? 0;
    const left = read - line.quantity;
    if (left < 0) throw exhausted(line);
    const forgotten = read - (await unitsOverwritten(tx, order, line));
    await tx.query(WRITE_STOCK, [line.itemId, order.cafeId, left]);
    if (forgotten !== 0) await tx.query(NOTE_FORGOTTEN, [order.orderId, line.itemId, forgotten]);
  }
}

/** Evidence for the reconciliation afterwards (migrations/0005-corrections.sql); what is written does not depend on it. */
async function unitsOverwritten(tx: Tx, { cafeId }: Order, { itemId }: OrderLine): Promise<number> {
  const { rows } = await tx.query<{ units: number }>(READ_OVERWRITTEN, [itemId, cafeId]);
  return rows[0]?.units ?? 0;
}
