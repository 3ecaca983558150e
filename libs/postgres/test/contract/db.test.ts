import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Failure, parseFaultPlan } from '@seams/call';
import { type Db, migrate, openDb, statement } from '@seams/postgres';
import { firedFaults } from '@seams/telemetry';
import { endingOf, eventually, quietLogger, type TestDatabase, testDatabase, within } from '@seams/testkit';
import pg from 'pg';

const MIGRATIONS = fileURLToPath(new URL('migrations', import.meta.url));
const ADD = statement('add', 'INSERT INTO numbers VALUES ($1)');
const SLEEP = statement('sleep', 'SELECT pg_sleep($1)');

let database: TestDatabase;
let db: Db;

beforeAll(async () => {
  database = await testDatabase('storage', MIGRATIONS);
  db = openDb({ name: 'test', url: database.url, applicationName: 'db-test', connectionsMax: 4, log: quietLogger });
});
afterAll(async () => {
  await db?.close();
  await database?.drop();
});

const fired = (): number => firedFaults().reduce((sum, { value }) => sum + value, 0);
const numbers = async (): Promise<number[]> =>
  (await database.ask<{ n: number }>('SELECT n FROM numbers ORDER BY n')).map(({ n }) => n);
describe('a transaction', () => {
  it('keeps all of its work or none', async () => {
    await db.transaction(within(2_000), async (tx) => {
      await tx.query(ADD, [1]);
      await tx.query(ADD, [2]);
    });
    const refused = db.transaction(within(2_000), async (tx) => {
      await tx.query(ADD, [3]);
      throw new Failure('rejected', 'no');
    });
    expect(await endingOf(refused)).toBe('rejected/no');
    expect(await numbers()).toEqual([1, 2]);
  });

  it('that passes over a failed statement is a bug, never a success with nothing written', async () => {
    const swallowed = db.transaction(within(2_000), async (tx) => {
      await tx.query(ADD, [15]);
      await tx.query(ADD, [1]).catch(() => undefined); // 1 is there already
    });
    expect(await endingOf(swallowed)).toBe('bug/rolled_back_at_commit');
    expect(await numbers()).not.toContain(15);
  });

  it('goes on after a part of it was undone', async () => {
    await db.transaction(within(2_000), async (tx) => {
      await tx.query(ADD, [10]);
      await tx.savepoint(() => tx.query(ADD, [10])).catch(() => tx.query(ADD, [11])); // 10 twice breaks the primary key
    });
    expect(await numbers()).toEqual([1, 2, 10, 11]);
  });

  it('whose deadline passes in the middle of a statement is undone by the server', async () => {
    const started = Date.now();
    const slow = db.transaction(within(300), async (tx) => {
      await tx.query(ADD, [20]);
      await tx.query(SLEEP, [30]);
    });
    expect(await endingOf(slow)).toBe('timed_out/deadline_passed');
    expect(Date.now() - started).toBeLessThan(5_000); // not the 30 s of the statement
    expect(await numbers()).not.toContain(20);
    await eventually(async () => {
      expect(
        await database.ask(`SELECT 1 FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active'`),
      ).toEqual([]);
    });
  });

  it('does not commit for a caller that has gone', async () => {
    const caller = new AbortController();
    const gone = db.transaction(within(2_000, caller.signal), async (tx) => {
      await tx.query(ADD, [30]);
      caller.abort();
    });
    expect(await endingOf(gone)).toBe('cancelled/caller_gone');
    expect(await numbers()).not.toContain(30);
  });

  it('whose connection dies before the commit was not done; the next one gets a new connection', async () => {
    const killed = db.transaction(within(2_000), async (tx) => {
      const { rows } = await tx.query<{ pid: number }>(statement('pid', 'SELECT pg_backend_pid() AS pid'));
      await tx.query(ADD, [40]);
      await asSuperuser((client) => client.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]));
      await tx.query(ADD, [41]);
    });
    expect(await endingOf(killed)).toBe('unavailable/database_down');
    expect(await numbers()).not.toContain(40);
    await db.ping();
  });

  it('whose connection dies at the commit is unknown, never "not done"', async () => {
    let ending: Promise<void> | undefined;
    const ended = db.transaction(within(20_000), async (tx) => {
      const { rows } = await tx.query<{ pid: number }>(statement('pid', 'SELECT pg_backend_pid() AS pid'));
      await tx.query(ADD, [50]);
      // The deferred trigger of the migration waits at COMMIT, and that is where the backend is ended.
      await tx.query(statement('slow', `INSERT INTO slow_at_commit VALUES (1)`));
      ending = asSuperuser((client) =>
        eventually(async () => {
          const ended = await client.query(
            `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = $1 AND wait_event = 'PgSleep'`,
            [rows[0]?.pid],
          );
          expect(ended.rowCount).toBe(1);
        }),
      );
    });
    expect(await endingOf(ended)).toBe('timed_out/commit_outcome_unknown');
    await ending;
  });

  it.each([
    // at the commit        ends as                            and was done
    ['drop-reply', 'timed_out/commit_outcome_unknown', true],
    ['drop-request', 'timed_out/commit_outcome_unknown', false],
    ['error:conflict', 'conflict/injected_fault', false],
    ['delay:60000', 'timed_out/deadline_passed', false],
    ['delay:20', 'ok', true],
    ['duplicate', 'ok', true],
  ])('that a lab strikes with %s ends as %s, done: %s', async (action, end, done) => {
    const n = 1_000 + action.length;
    const waitsMs = action === 'delay:60000' ? 500 : 3_000; // whom no deadline is to strike has time enough
    const ctx = { ...within(waitsMs), faults: parseFaultPlan(`test.commit=${action}`) };
    const firedBefore = fired();
    const ended = await endingOf(db.transaction(ctx, (tx) => tx.query(ADD, [n])));
    expect(ended).toBe(end);
    expect(fired()).toBe(firedBefore + 1);
    expect((await numbers()).includes(n)).toBe(done);
    await db.query(within(2_000), SLEEP, [0]); // the pool gives a connection that works
  });
});

describe('a statement on its own whose connection dies', () => {
  it.each(['query', 'write'] as const)('was not done when it reads, is unknown when it writes: %s', async (kind) => {
    const sleeping = statement(`sleep_${kind}`, `SELECT pg_sleep(30), '${kind}'`);
    const ending = asSuperuser((client) =>
      eventually(async () => {
        const like = `SELECT pg_sleep%'${kind}'`;
        const ended = await client.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE $1 AND wait_event = 'PgSleep'`,
          [like],
        );
        expect(ended.rowCount).toBe(1);
      }),
    );
    const expected = { query: 'unavailable/database_down', write: 'timed_out/commit_outcome_unknown' }[kind];
    expect(await endingOf(db[kind](within(20_000), sleeping))).toBe(expected);
    await ending;
  });
});

describe('a pool with all of its connections taken', () => {
  it('refuses by the deadline, never with a bug', async () => {
    const release = Promise.withResolvers<void>();
    const holding = Array.from({ length: 4 }, () => db.transaction(within(10_000), () => release.promise));
    expect(await endingOf(db.query(within(300), SLEEP, [0]))).toBe('unavailable/database_busy');
    release.resolve();
    await Promise.all(holding);
  });

  it('is busy, not down, for a caller who waits longer than connecting may last', async () => {
    const release = Promise.withResolvers<void>();
    const holding = Array.from({ length: 4 }, () => db.transaction(within(10_000), () => release.promise));
    const startedAt = performance.now();
    expect(await endingOf(db.query(within(1_500), SLEEP, [0]))).toBe('unavailable/database_busy');
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(1_490);

    const caller = new AbortController();
    const [gone, patient] = [
      endingOf(db.query(within(10_000, caller.signal), SLEEP, [0])),
      endingOf(db.query(within(10_000), SLEEP, [0])),
    ];
    caller.abort();
    expect(await gone).toBe('cancelled/caller_gone');
    release.resolve();
    expect(await patient).toBe('ok');
    await Promise.all(holding);
  });
});

describe('migrations', () => {
  it('run once, also when two start at the same time', async () => {
    const clients = [new pg.Client(database.ownerUrl), new pg.Client(database.ownerUrl)];
    await Promise.all(clients.map((client) => client.connect()));
    expect(await Promise.all(clients.map((client) => migrate(client, MIGRATIONS)))).toEqual([[], []]);
    await Promise.all(clients.map((client) => client.end()));
  });

  it('refuse a file that was changed after it ran', async () => {
    await database.ask(`UPDATE schema_migrations SET checksum = 'other'`);
    const client = new pg.Client(database.ownerUrl);
    await client.connect();
    await expect(migrate(client, MIGRATIONS)).rejects.toThrow('was changed after it ran here');
    await client.end();
  });
});

async function asSuperuser(work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client(process.env.SEAMS_TEST_POSTGRES_URL);
  await client.connect();
  await work(client);
  await client.end();
}
