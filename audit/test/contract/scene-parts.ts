/** What scenes are made of: the beginnings of the questions, and changes of the whole world (whole-world.ts). */

/** The beginning of a question, and the ids that it names. */
type Named = Readonly<Record<string, readonly string[]>>;
/** What is changed, and which questions must name what: a question that is not named finds nothing. */
export type Scene = readonly [name: string, sql: string, named: Named];

export const KEYS = 'orders of the last 23 hours';
export const TOTALS = 'orders whose total';
export const BY_KEY = 'orders by their key';
export const CHARGES = 'charges in the ledger';
export const MOVEMENTS = 'movements of stock';
export const REFUSED = 'keys answered with a refusal';
export const LEFTOVERS = 'ledger entries, lines';
export const COUNTERS = 'stock counters';
export const SOLD = 'order lines';
export const TRANSFERS = 'transfers';
export const WALLETS = 'wallets';
export const OVERDRAWN = 'entries of wallets';
export const ENTRIES = 'orders, each with its charge';
export const TOP_UPS = 'top-ups';
export const EVENTS = 'orders, each with one row';
export const VOIDS = 'void orders, each noted';
export const RECORDED = 'orders whose key was recorded';
export const RETURNS = 'void orders, whose cups';
export const CORRECTED = 'corrected counters';
export const REFUNDS = 'void orders, each with its refund';
export const LOST_EVENTS = 'events that were put';

/** An order's row alone. */
export const order = (orderId: string, customerId: string, key: string): string =>
  `INSERT INTO orders VALUES (:${orderId}, :${customerId}, 'harbour', 'placed', 1, 1, 'EUR', '${key}', '', now());`;
export const entries = (
  transfer: string,
  kind: string,
  ...rows: readonly (readonly [account: string, cents: number])[]
): string =>
  `INSERT INTO ledger_entries (transfer_id, account, amount_cents, kind) VALUES ${rows
    .map(([account, cents]) => `(:${transfer}, ${account}, ${cents}, '${kind}')`)
    .join(', ')};`;
export const wallet = (customer: string): string => `'wallet:' || :${customer}`;
export const balance = (customer: string, cents: number): string =>
  `UPDATE wallets SET balance_cents = ${cents} WHERE customer_id = :${customer};`;
export const stock = (item: string, units: number): string =>
  `UPDATE menu_items SET stock_units = ${units} WHERE item_id = '${item}';`;
export const record = (key: string, change: string): string =>
  `UPDATE idempotency_records SET ${change} WHERE key = '${key}';`;
export const entry = (transfer: string, account: string, change: string): string =>
  `UPDATE ledger_entries SET ${change} WHERE transfer_id = :${transfer} AND account LIKE '${account}%';`;
export const evidence = (correction: string, change: string): string =>
  `UPDATE naive_writes SET ${change} WHERE correction_id = :${correction};`;
export const noEvidence = (correction: string): string =>
  `DELETE FROM naive_writes WHERE correction_id = :${correction};`;
