import type { Order, RequestKey } from '@seams/contracts';
import { statement, type Tx } from '@seams/postgres';

const NOTE_ORDER = statement(
  'naive_note_order',
  `INSERT INTO naive_writes (order_id, without, route, fingerprint, answer) VALUES ($1, 'idempotency', $2, $3, $4)`,
);

/** Evidence for the reconciliation afterwards (migrations/0005-corrections.sql); the naive code never reads it. */
export async function noteOrderWithoutKey(tx: Tx, key: RequestKey, { orderId }: Order, answer: Buffer): Promise<void> {
  await tx.query(NOTE_ORDER, [orderId, key.route, key.fingerprint, answer]);
}
