/** Statements end with whoever asked for them: in Postgres, at once, and without harm to anybody else's. */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Db, openDb, statement } from '@seams/postgres';
import { endingOf, eventually, quietLogger, type TestDatabase, testDatabase, within } from '@seams/testkit';
import pg from 'pg';

const MIGRATIONS = fileURLToPath(new URL('migrations', import.meta.url));
const ADD = statement('add', 'INSERT INTO numbers VALUES ($1)');
const SLEEP = statement('sleep', 'SELECT pg_sleep($1)');

let database: TestDatabase;
let db: Db;
/** Only the superuser sees what others run. */
let onlooker: pg.Client;
beforeAll(async () => {
  onlooker = new pg.Client(process.env.SEAMS_TEST_POSTGRES_URL);
  await onlooker.connect();
  database = await testDatabase('storage', MIGRATIONS);
  db = openDb({ name: 'test', url: database.url, applicationName: 'cancel-test', connectionsMax: 4, log: quietLogger });
});
afterAll(async () => {
  await db?.close();
  await database?.drop();
  await onlooker?.end();
});

const numbers = async (): Promise<number[]> =>
  (await database.ask<{ n: number }>('SELECT n FROM numbers ORDER BY n')).map(({ n }) => n);

/** Statements that Postgres runs for this test now, by their text. */
const running = async (like: string): Promise<object[]> => {
  const text = `SELECT pid FROM pg_stat_activity WHERE application_name = 'cancel-test' AND query LIKE $1 AND state = 'active'`;
  return (await onlooker.query(text, [like])).rows;
};

/** Calls it off when Postgres runs the statement, and waits until Postgres does so no longer. */
async function callOff(caller: AbortController, like: string): Promise<void> {
  await eventually(async () => expect(await running(like)).toHaveLength(1));
  caller.abort();
  await eventually(async () => expect(await running(like)).toEqual([]));
}

describe('a caller that goes away', () => {
  it.each([
    ['query', 'SELECT pg_sleep(30), 1'],
    ['transaction', 'SELECT pg_sleep(30), 2'],
  ] as const)('ends what a %s runs in Postgres, and the connection is as good as before', async (kind, text) => {
    const caller = new AbortController();
    const ctx = within(20_000, caller.signal);
    const sql = statement(`sleep_${kind}`, text);
    const pids = await connections();
    const work =
      kind === 'query'
        ? db.query(ctx, sql)
        : db.transaction(ctx, async (tx) => {
            await tx.query(ADD, [60]);
            await tx.query(sql);
          });
    const ended = endingOf(work);
    await callOff(caller, text);
    expect(await ended).toBe('cancelled/caller_gone');
    expect(await numbers()).not.toContain(60);
    await eventually(async () => expect(await connections()).toEqual(expect.arrayContaining(pids)));
  });

  it('while it waits for a lock leaves the lock to the next', async () => {
    const caller = new AbortController();
    const release = Promise.withResolvers<void>();
    const locked = Promise.withResolvers<void>();
    const holding = db.transaction(within(10_000), async (tx) => {
      await tx.query(ADD, [70]);
      locked.resolve();
      await release.promise;
    });
    await locked.promise;
    const waiting = endingOf(db.transaction(within(10_000, caller.signal), (tx) => tx.query(ADD, [70])));
    await callOff(caller, ADD.text.replace('$1', '%'));
    expect(await waiting).toBe('cancelled/caller_gone');
    release.resolve();
    await holding;
  });

  it('while it waits for a connection waits no longer', async () => {
    const caller = new AbortController();
    const release = Promise.withResolvers<void>();
    const holding = Array.from({ length: 4 }, () => db.transaction(within(10_000), () => release.promise));
    const waiting = endingOf(db.query(within(10_000, caller.signal), SLEEP, [0]));
    caller.abort();
    expect(await waiting).toBe('cancelled/caller_gone');
    release.resolve();
    await Promise.all(holding);
    await db.query(within(2_000), SLEEP, [0]);
  });

  it('does not stop a COMMIT that is under way: it is done, and nobody says otherwise', async () => {
    const caller = new AbortController();
    await database.ask('SELECT pg_advisory_lock(2)'); // what the COMMIT waits for, before its half a second
    const committed = endingOf(
      db.transaction(within(20_000, caller.signal), async (tx) => {
        await tx.query(ADD, [80]);
        await tx.query(statement('slow', `INSERT INTO slow_at_commit VALUES (2)`));
      }),
    );
    await eventually(async () => expect(await running('COMMIT')).toHaveLength(1));
    caller.abort();
    await database.ask('SELECT pg_advisory_unlock(2)');
    expect(await committed).toBe('ok');
    expect(await numbers()).toContain(80);
  });

  it('never hits the statement of another, however late its cancelling comes', async () => {
    // Each is called off about when it ends by itself, so that requests come before, at and after its end.
    const endings = new Set<string>();
    const innocent: string[] = [];
    for (let n = 0; n < 150; n++) {
      const caller = new AbortController();
      const called = endingOf(db.query(within(5_000, caller.signal), statement('nap', 'SELECT pg_sleep($1)'), [0.002]));
      setTimeout(() => caller.abort(), n % 6);
      endings.add(await called);
      innocent.push(await endingOf(db.query(within(5_000), statement('other', 'SELECT pg_sleep($1), 1'), [0.001])));
    }
    expect(new Set(innocent)).toEqual(new Set(['ok']));
    expect(endings).toEqual(new Set(['ok', 'cancelled/caller_gone']));
  });
});

const connections = async (): Promise<number[]> => {
  const text = `SELECT pid FROM pg_stat_activity WHERE application_name = 'cancel-test'`;
  return (await onlooker.query<{ pid: number }>(text)).rows.map(({ pid }) => pid);
};

describe('a deadline', () => {
  it('ends a read in Postgres, too', async () => {
    const started = Date.now();
    expect(await endingOf(db.query(within(300), statement('long', 'SELECT pg_sleep(30), 3')))).toBe(
      'timed_out/deadline_passed',
    );
    expect(Date.now() - started).toBeLessThan(1_000);
    await eventually(async () => expect(await running('SELECT pg_sleep(30), 3')).toEqual([]));
  });

  it('ends a second statement that begins late in a transaction', async () => {
    const started = Date.now();
    const slow = db.transaction(within(2_000), async (tx) => {
      await tx.query(SLEEP, [1.5]);
      await tx.query(SLEEP, [30]); // statement_timeout alone would give it another 2 s
    });
    expect(await endingOf(slow)).toBe('timed_out/deadline_passed');
    expect(Date.now() - started).toBeLessThan(3_450);
  });

  it('of a write that commits by itself ends it, not its caller’s leaving; it was not done', async () => {
    const like = 'INSERT INTO numbers SELECT 90%';
    const sql = statement('slow_write', 'INSERT INTO numbers SELECT 90 FROM pg_sleep(30)');
    let ending = 'timed_out/commit_outcome_unknown';
    // Unknown is right where the machine is too busy for Postgres to answer the cancel request in 200 ms: then once more.
    for (let attempt = 0; attempt < 5 && ending === 'timed_out/commit_outcome_unknown'; attempt++) {
      const caller = new AbortController();
      const started = Date.now();
      const ended = endingOf(db.write(within(2_000, caller.signal), sql)); // time enough to see it run
      await eventually(async () => expect(await running(like)).toHaveLength(1));
      caller.abort();
      ending = await ended;
      expect(Date.now() - started).toBeGreaterThanOrEqual(1_999);
      await eventually(async () => expect(await running(like)).toEqual([]));
      expect(await numbers()).not.toContain(90);
    }
    expect(ending).toBe('timed_out/deadline_passed');
  });
});
