import type { RequestKey, TopUp } from '@seams/contracts';
import { type Result, statement, type Tx } from '@seams/postgres';

const CREDIT_WALLET = statement(
  'credit_wallet',
  `INSERT INTO wallets (customer_id, balance_cents) VALUES ($1, $2)
   ON CONFLICT (customer_id) DO UPDATE SET balance_cents = wallets.balance_cents + EXCLUDED.balance_cents
   RETURNING balance_cents`,
);

const RECORD_TOP_UP = statement(
  'record_top_up',
  `WITH credited AS (
     INSERT INTO top_ups (top_up_id, customer_id, amount_cents, idempotency_key, credited_at)
     VALUES ($1, $2, $3, $4, to_timestamp($5::float8 / 1000))
   )
   INSERT INTO ledger_entries (transfer_id, account, amount_cents, kind)
   VALUES ($1, 'card-clearing', -$3::bigint, 'top_up'), ($1, 'wallet:' || $2, $3::bigint, 'top_up')`,
);

/** Credits a wallet, with both sides of the transfer; gives the balance right after it in cents. */
export async function writeTopUp(tx: Tx, key: RequestKey, topUp: TopUp): Promise<number> {
  const { rows } = await tx.query<{ balance_cents: number }>(CREDIT_WALLET, [topUp.customerId, topUp.amountCents]);
  await tx.query(RECORD_TOP_UP, [topUp.topUpId, topUp.customerId, topUp.amountCents, key.key, topUp.creditedAtMs]);
  return rows[0]?.balance_cents ?? 0;
}

const READ_BALANCE = statement('read_balance', 'SELECT balance_cents FROM wallets WHERE customer_id = $1');

type Query = <Row extends object>(
  sql: ReturnType<typeof statement>,
  values: readonly unknown[],
) => Promise<Result<Row>>;

/** A wallet that was never topped up holds 0. */
export async function readBalance(query: Query, customerId: string): Promise<number> {
  const { rows } = await query<{ balance_cents: number }>(READ_BALANCE, [customerId]);
  return rows[0]?.balance_cents ?? 0;
}
