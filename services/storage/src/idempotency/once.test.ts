import { describe, expect, it } from '@jest/globals';
import { type CallContext, Failure, type FailureKind } from '@seams/call';
import type { RequestKey } from '@seams/contracts';
import type { Db, Result, Statement, Tx } from '@seams/postgres';
import { endingOf } from '@seams/testkit';
import { once } from './once.ts';
import { readAnswer } from './record-store.ts';

const ctx: CallContext = { deadlineAt: Number.MAX_SAFE_INTEGER, signal: new AbortController().signal };
const KEY: RequestKey = { customerId: 'ada', route: 'POST /v1/orders', key: 'k', fingerprint: Buffer.from('content') };
const DONE = Buffer.from('done');
const FORESEEN = Buffer.from('foreseen');

type Row = [fingerprint: Buffer, outcome: string, answer: Buffer];

/** The table of keys, and what effects write beside it: a transaction that throws undoes both, a savepoint the latter. */
class Store {
  rows = new Map<string, Row>();
  effects: string[] = [];
  /** Names of the statements that ran. */
  readonly ran: string[] = [];
  /** As the sweeper may remove a record between two statements. */
  beforeRead: () => void = () => undefined;

  #run({ name }: Statement, values: readonly unknown[]): Result<object> {
    this.ran.push(name);
    const [customerId, route, key, ...more] = values as [string, string, string, ...unknown[]];
    const place = JSON.stringify([customerId, route, key]);
    const row = this.rows.get(place);
    if (name === 'claim_key') {
      if (row) return { rows: [], rowCount: 0 };
      this.rows.set(place, this.#row(more));
      return { rows: [], rowCount: 1 };
    }
    if (name === 'read_key') {
      this.beforeRead();
      const [fingerprint, outcome, answer] = this.rows.get(place) ?? [];
      return fingerprint ? { rows: [{ fingerprint, outcome, answer }], rowCount: 1 } : { rows: [], rowCount: 0 };
    }
    if (name !== 'settle_key' || !row) throw new Error(`no such statement: ${name}`);
    this.rows.set(place, this.#row([row[0], ...more]));
    return { rows: [], rowCount: 1 };
  }

  /** Every column of the table is NOT NULL. */
  #row([fingerprint, outcome, answer]: readonly unknown[]): Row {
    if (!(fingerprint instanceof Uint8Array) || !(answer instanceof Uint8Array)) throw new Error('null in a column');
    return [Buffer.from(fingerprint), String(outcome), Buffer.from(answer)];
  }

  async #undoneOnThrow<T>(work: () => Promise<T>): Promise<T> {
    const [rows, effects] = [new Map(this.rows), [...this.effects]];
    try {
      return await work();
    } catch (thrown) {
      [this.rows, this.effects] = [rows, effects];
      throw thrown;
    }
  }

  readonly #tx: Tx = {
    query: async <R extends object>(sql: Statement, values: readonly unknown[] = []) =>
      this.#run(sql, values) as Result<R>,
    savepoint: (work) => this.#undoneOnThrow(work),
  };
  readonly db = {
    query: (_ctx: CallContext, sql: Statement, values: readonly unknown[]) => this.#tx.query(sql, values),
    transaction: <T>(_ctx: CallContext, work: (tx: Tx) => Promise<T>) => this.#undoneOnThrow(() => work(this.#tx)),
  } as unknown as Db;

  /** A write that leaves its name and then gives this answer, or throws. */
  write(name: string, end: Buffer | Error, { key = KEY, foreseen }: { key?: RequestKey; foreseen?: Buffer } = {}) {
    const effect = async (): Promise<Buffer> => {
      this.effects.push(name);
      if (end instanceof Error) throw end;
      return end;
    };
    return once(this.db, ctx, { key, effect, ...(foreseen ? { foreseen } : {}) });
  }
}

const REFUSAL = new Failure('rejected', 'not_enough_money', 'The wallet holds less than the order costs.');

describe('a keyed write', () => {
  it('is done once; who repeats the key gets the first answer, byte for byte', async () => {
    const store = new Store();
    expect(await store.write('first', DONE)).toEqual({ answer: DONE, replayed: false });
    expect(await store.write('second', Buffer.from('other'))).toEqual({ answer: DONE, replayed: true });
    expect(store.effects).toEqual(['first']);
  });

  it.each([
    ['customer', { customerId: 'ben' }],
    ['route', { route: 'POST /v1/wallet/top-ups' }],
    ['key', { key: 'l' }],
  ])('of another %s is another write', async (_, changes) => {
    const store = new Store();
    await store.write('first', DONE);
    await store.write('second', DONE, { key: { ...KEY, ...changes } });
    expect(store.effects).toEqual(['first', 'second']);
  });

  it('with other content under a used key is refused and changes nothing', async () => {
    const store = new Store();
    await store.write('first', DONE);
    const other = { ...KEY, fingerprint: Buffer.from('other content') };
    expect(await endingOf(store.write('second', DONE, { key: other }))).toBe('mismatch/idempotency_key_reused');
    expect(await store.write('third', DONE)).toEqual({ answer: DONE, replayed: true });
    expect(store.effects).toEqual(['first']);
  });

  it('whose key was swept between two statements may be tried again', async () => {
    const store = new Store();
    await store.write('first', DONE);
    store.beforeRead = () => store.rows.clear();
    expect(await endingOf(store.write('second', DONE))).toBe('conflict/idempotency_key_expired_meanwhile');
  });
});

describe('a refusal', () => {
  it('is recorded and what was written is undone; who repeats the key is refused alike', async () => {
    const store = new Store();
    await expect(store.write('first', REFUSAL)).rejects.toBe(REFUSAL);
    expect(store.effects).toEqual([]);
    const { kind, reason, message } = REFUSAL;
    await expect(store.write('second', DONE)).rejects.toMatchObject({ kind, reason, message });
    expect(store.effects).toEqual([]);
  });

  it.each<[string, Error]>([
    ...(['unavailable', 'overloaded', 'conflict', 'timed_out', 'cancelled', 'bug'] as const).map(
      (kind: FailureKind): [string, Error] => [kind, new Failure(kind, 'for_now')],
    ),
    ['no Failure', new TypeError('undefined is not a function')],
  ])('it is not when the failure is %s: nothing is recorded, and a repetition is done', async (_, failure) => {
    const store = new Store();
    await expect(store.write('first', failure)).rejects.toBe(failure);
    expect([store.rows.size, store.effects]).toEqual([0, []]);
    expect(await store.write('second', DONE)).toEqual({ answer: DONE, replayed: false });
  });
});

describe('a foreseen answer', () => {
  it('is written with the key and spares a statement', async () => {
    const store = new Store();
    expect(await store.write('first', FORESEEN, { foreseen: FORESEEN })).toEqual({ answer: FORESEEN, replayed: false });
    expect(store.ran).toEqual(['claim_key']);
    expect(await store.write('second', DONE)).toEqual({ answer: FORESEEN, replayed: true });
  });

  it('gives way to the one that the effect gave', async () => {
    const store = new Store();
    expect(await store.write('first', DONE, { foreseen: FORESEEN })).toEqual({ answer: DONE, replayed: false });
    expect(store.ran).toEqual(['claim_key', 'settle_key']);
    expect(await store.write('second', FORESEEN)).toEqual({ answer: DONE, replayed: true });
  });

  it('gives way to a refusal', async () => {
    const store = new Store();
    await expect(store.write('first', REFUSAL, { foreseen: FORESEEN })).rejects.toBe(REFUSAL);
    await expect(store.write('second', DONE)).rejects.toMatchObject({ reason: 'not_enough_money' });
  });
});

describe('an answer that is only read', () => {
  it('is none before the write, and what the write left after it', async () => {
    const store = new Store();
    expect(await readAnswer(store.db, ctx, KEY)).toBeUndefined();
    await store.write('first', DONE);
    expect(await readAnswer(store.db, ctx, KEY)).toEqual({ outcome: 'done', answer: DONE });
  });

  it('is not shown to other content', async () => {
    const store = new Store();
    await store.write('first', DONE);
    const other = { ...KEY, fingerprint: Buffer.from('other content') };
    expect(await endingOf(readAnswer(store.db, ctx, other))).toBe('mismatch/idempotency_key_reused');
  });
});
