import { type CallContext, Failure, isFailureKind } from '@seams/call';
import { type RequestKey, refusal } from '@seams/contracts';
import { type Db, statement, type Tx } from '@seams/postgres';

/** What stands under a key: the bytes of the first answer, or the refusal that it was. */
export type FirstAnswer =
  | { readonly outcome: 'done'; readonly answer: Buffer }
  | { readonly outcome: 'refused'; readonly failure: Failure };

const CLAIM = statement(
  'claim_key',
  `INSERT INTO idempotency_records (customer_id, route, key, fingerprint, outcome, answer)
   VALUES ($1, $2, $3, $4, $5, $6)
   ON CONFLICT (customer_id, route, key) DO NOTHING`,
);
const READ = statement(
  'read_key',
  `SELECT fingerprint, outcome, answer FROM idempotency_records WHERE customer_id = $1 AND route = $2 AND key = $3`,
);
const SETTLE = statement(
  'settle_key',
  `UPDATE idempotency_records SET outcome = $4, answer = $5 WHERE customer_id = $1 AND route = $2 AND key = $3`,
);

/**
 * Takes the key for this transaction, with the answer that will stand if it commits. A twin that runs at the same
 * time waits here for the first one's commit and then reads its answer.
 *
 * @returns undefined when the key was free and is ours now, else what it got before
 * @throws Failure mismatch/idempotency_key_reused when it was used for other content
 */
export async function claimKey(tx: Tx, key: RequestKey, first: FirstAnswer): Promise<FirstAnswer | undefined> {
  const claimed = await tx.query(CLAIM, [...nameOf(key), key.fingerprint, first.outcome, bytesOf(first)]);
  if (claimed.rowCount === 1) return undefined;

  const { rows } = await tx.query<RecordRow>(READ, nameOf(key));
  return answerUnder(key, rows[0]);
}

/** What stands in the table under a key. */
export interface RecordRow {
  readonly fingerprint: Buffer;
  readonly outcome: 'done' | 'refused';
  readonly answer: Buffer;
}

/**
 * The answer that a key got before, for whoever found it taken.
 *
 * @throws Failure mismatch/idempotency_key_reused, conflict/idempotency_key_expired_meanwhile
 */
export function answerUnder(key: RequestKey, record: RecordRow | undefined): FirstAnswer {
  // Only the sweeper removes records, and only old ones: between two statements the record went away.
  if (!record) throw new Failure('conflict', 'idempotency_key_expired_meanwhile', 'The key expired in this moment.');
  if (!record.fingerprint.equals(key.fingerprint)) {
    throw new Failure('mismatch', 'idempotency_key_reused', 'This Idempotency-Key was used for another request.');
  }
  return record.outcome === 'done'
    ? { outcome: 'done', answer: record.answer }
    : { outcome: 'refused', failure: failureOf(record.answer) };
}

/** The answer that a key got before, if it got one. @throws Failure mismatch/idempotency_key_reused */
export async function readAnswer(db: Db, ctx: CallContext, key: RequestKey): Promise<FirstAnswer | undefined> {
  const { rows } = await db.query<RecordRow>(ctx, READ, nameOf(key));
  return rows[0] && answerUnder(key, rows[0]);
}

/** Replaces the answer under a key that this transaction claimed. */
export async function settleKey(tx: Tx, key: RequestKey, first: FirstAnswer): Promise<void> {
  await tx.query(SETTLE, [...nameOf(key), first.outcome, bytesOf(first)]);
}

const nameOf = (key: RequestKey): [string, string, string] => [key.customerId, key.route, key.key];

export function bytesOf(first: FirstAnswer): Buffer {
  if (first.outcome === 'done') return first.answer;
  const { kind, reason, message } = first.failure;
  return refusal.encode({ kind, reason, message });
}

function failureOf(answer: Buffer): Failure {
  const { kind, reason, message } = refusal.decode(answer);
  return new Failure(isFailureKind(kind) ? kind : 'bug', reason, message);
}
