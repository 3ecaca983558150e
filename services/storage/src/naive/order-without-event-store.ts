import type { Order, RequestKey } from '@seams/contracts';
import { statement, type Tx } from '@seams/postgres';
import { debitWallet, ORDER_ROWS, orderValues } from '../orders/order-store.ts';

const RECORD_ORDER = statement('naive_record_order', `${ORDER_ROWS} SELECT 1`);

/** An order as the real one writes it, but for its event. */
export async function recordOrderWithoutEvent(tx: Tx, key: RequestKey, order: Order): Promise<void> {
  await debitWallet(tx, order);
  await tx.query(RECORD_ORDER, orderValues(key, order));
}
