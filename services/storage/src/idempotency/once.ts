import { type CallContext, FAILURES, Failure } from '@seams/call';
import type { RequestKey } from '@seams/contracts';
import type { Db, Tx } from '@seams/postgres';
import { claimKey, type FirstAnswer, settleKey } from './record-store.ts';

/** The answer of a keyed write, in protobuf, and whether an earlier request had got it already. */
export interface Answered {
  readonly answer: Buffer;
  readonly replayed: boolean;
}

export interface KeyedWrite {
  readonly key: RequestKey;
  /** The answer if all goes well, where it is known before: it is written with the key, one statement less. */
  readonly foreseen?: Buffer;
  /** Writes, and gives the answer; a Failure that is a refusal undoes what it wrote. */
  effect(tx: Tx): Promise<Buffer>;
}

/**
 * Runs a write at most once per key: key, effect and answer are one transaction. What the effect refuses is undone and
 * recorded too, so that a repetition is refused alike, whatever has changed since.
 *
 * What if the caller never hears of it? It repeats the key and reads the answer. What if it runs twice? The second one
 * waits for the first one's commit and changes nothing.
 */
export async function once(db: Db, ctx: CallContext, { key, foreseen, effect }: KeyedWrite): Promise<Answered> {
  const claimed: FirstAnswer = { outcome: 'done', answer: foreseen ?? UNSETTLED };
  const { first, replayed } = await db.transaction(ctx, async (tx) => {
    const earlier = await claimKey(tx, key, claimed);
    if (earlier) return { first: earlier, replayed: true };

    const first = await attempt(tx, effect);
    if (first.outcome === 'refused' || first.answer !== foreseen) await settleKey(tx, key, first);
    return { first, replayed: false };
  });
  // Thrown only now: the refusal itself had to be committed.
  if (first.outcome === 'refused') throw first.failure;
  return { answer: first.answer, replayed };
}

/** Stands under the key only while its transaction is open, so nobody ever reads it. */
const UNSETTLED = Buffer.alloc(0);

async function attempt(tx: Tx, effect: (tx: Tx) => Promise<Buffer>): Promise<FirstAnswer> {
  try {
    return { outcome: 'done', answer: await tx.savepoint(() => effect(tx)) };
  } catch (thrown) {
    if (!(thrown instanceof Failure) || FAILURES[thrown.kind].outcome !== 'refused') throw thrown;
    return { outcome: 'refused', failure: thrown };
  }
}
