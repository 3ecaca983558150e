/** What orders that share a transaction owe each other: nothing. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type CallContext, parseFaultPlan } from '@seams/call';
import type { CommitOrderRequest } from '@seams/contracts';
import type { Db } from '@seams/postgres';
import { endingOf, eventually, within } from '@seams/testkit';
import pg from 'pg';
import { lossyProxy } from './lossy-proxy.ts';
import { OrdersTrial, requestOf } from './orders-trial.ts';
import { type CommitOrder, waysToCommit } from './ways-to-commit.ts';

let trial: OrdersTrial;
/** Groups of this process, and the statements that it sent for them. */
let sent: unknown[][];
let together: CommitOrder;
let superuser: pg.Client;

beforeAll(async () => {
  trial = await OrdersTrial.begin();
  superuser = new pg.Client(process.env.SEAMS_TEST_POSTGRES_URL);
  await superuser.connect();
  sent = [];
  together = waysToCommit(watched(trial.db)).together;
});
afterAll(async () => {
  await superuser?.end();
  await trial?.end();
});

/** Notes the keys of each statement. */
const watched = (db: Db): Db => ({
  ...db,
  write: (ctx, sql, values) => {
    sent.push((JSON.parse(String(values?.[0])) as { key: string }[]).map(({ key }) => key));
    return db.write(ctx, sql, values);
  },
});

const soon = (): CallContext => within(10_000);
const endings = (requests: readonly CommitOrderRequest[], ctx = soon): Promise<string[]> =>
  Promise.all(requests.map((request) => endingOf(together(ctx(), request))));

async function orders(count: number, units = 1_000): Promise<CommitOrderRequest[]> {
  const itemId = await trial.item(units);
  const wallets = await Promise.all(Array.from({ length: count }, () => trial.wallet(1_000)));
  return wallets.map((customerId) => requestOf({ customerId, lines: [{ itemId, quantity: 1 }] }));
}
const itemOf = (request: CommitOrderRequest | undefined): string => request?.placed?.lines[0]?.itemId ?? '';
const walletOf = (request: CommitOrderRequest | undefined): string => request?.placed?.customerId ?? '';

/** Holds the row's lock until the returned function is called. */
async function holding(sql: string, values: unknown[]): Promise<() => Promise<void>> {
  const client = new pg.Client(trial.database.ownerUrl);
  await client.connect();
  await client.query('BEGIN');
  await client.query(sql, values);
  return async () => {
    await client.query('ROLLBACK');
    await client.end();
  };
}
const holdingItem = (itemId: string) => holding('SELECT 1 FROM menu_items WHERE item_id = $1 FOR UPDATE', [itemId]);
const holdingWallet = (id: string) => holding('SELECT 1 FROM wallets WHERE customer_id = $1 FOR UPDATE', [id]);

/** The backend that inserts this order dies by it, whatever else it has in hand. */
async function killingItsBackend(request: CommitOrderRequest | undefined): Promise<() => Promise<void>> {
  const owner = new pg.Client(trial.database.ownerUrl);
  await owner.connect();
  await owner.query(`
    CREATE FUNCTION kill_backend() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid(), 1000); RETURN NEW; END $$;
    CREATE TRIGGER kill_backend BEFORE INSERT ON orders FOR EACH ROW
      WHEN (NEW.order_id = ${owner.escapeLiteral(request?.placed?.orderId ?? '')}) EXECUTE FUNCTION kill_backend();`);
  return async () => {
    await owner.query('DROP TRIGGER kill_backend ON orders; DROP FUNCTION kill_backend()');
    await owner.end();
  };
}

/** Backends that wait for a lock while they commit orders. */
const waiting = async (): Promise<number[]> => {
  const text = `SELECT pid FROM pg_stat_activity WHERE application_name = 'orders-trial' AND wait_event_type = 'Lock' AND query LIKE '%commit_orders%'`;
  return (await superuser.query<{ pid: number }>(text)).rows.map(({ pid }) => pid);
};

const waitedMs = async (): Promise<number> => {
  const text = `SELECT coalesce(max(extract(epoch FROM clock_timestamp() - query_start) * 1000), 0)::int AS ms FROM pg_stat_activity WHERE pid = ANY ($1)`;
  return (await superuser.query<{ ms: number }>(text, [await waiting()])).rows[0]?.ms ?? 0;
};

describe('orders in one group', () => {
  it('share one statement and one event each, and take a hot counter down together', async () => {
    const requests = await orders(33);
    sent.length = 0;
    expect(new Set(await endings(requests))).toEqual(new Set(['ok']));
    expect(sent.map((keys) => keys.length)).toEqual([32, 1]);
    expect(await trial.units(itemOf(requests[0]))).toBe(1_000 - 33);
    expect(
      await trial.read('SELECT 1 FROM outbox WHERE message_key = ANY ($1)', [await trial.placed(requests)]),
    ).toHaveLength(33);
  });

  it('are served in the order in which they came: what is left goes to the first', async () => {
    const requests = await orders(10, 4);
    expect(await endings(requests)).toEqual([...Array(4).fill('ok'), ...Array(6).fill('rejected/stock_exhausted')]);
    expect(await trial.placed(requests)).toHaveLength(4);
  });

  it('of one customer spend the wallet once: one that is too dear leaves the money to the next', async () => {
    const itemId = await trial.item(100);
    const customerId = await trial.wallet(1_000);
    const requests = [6, 5, 4, 1].map((quantity) => requestOf({ customerId, lines: [{ itemId, quantity }] }));
    expect(await endings(requests)).toEqual(['ok', 'rejected/not_enough_money', 'ok', 'rejected/not_enough_money']);
    expect(
      await trial.read('SELECT balance_cents::int AS cents FROM wallets WHERE customer_id = $1', [customerId]),
    ).toEqual([{ cents: 0 }]);
  });

  it('under one key come one after the other and are one order', async () => {
    const [request] = (await orders(1)) as [CommitOrderRequest];
    sent.length = 0;
    const answers = await Promise.all(Array.from({ length: 5 }, () => together(soon(), request)));
    expect(answers.filter(({ replayed }) => replayed)).toHaveLength(4);
    expect(new Set(answers.map(({ order }) => JSON.stringify(order))).size).toBe(1);
    for (const keys of sent) expect(new Set(keys).size).toBe(keys.length);
  });

  it('are not sunk by one that Postgres cannot take: it alone is a bug', async () => {
    const requests = await orders(6);
    const twice = [1, 1].map((quantity) => ({ itemId: itemOf(requests[0]), quantity })); // breaks a primary key
    requests[3] = requestOf({ customerId: walletOf(requests[3]), lines: twice });
    expect(await endings(requests)).toEqual(['ok', 'ok', 'ok', 'bug/unexpected', 'ok', 'ok']);
    expect(await trial.placed(requests)).toHaveLength(5);
  });

  it('do not wait for the deadline of one whose lock does not come', async () => {
    const requests = await orders(8);
    const release = await holdingWallet(walletOf(requests[2]));
    const ended = requests.map((request, n) => endingOf(together(within(n === 2 ? 2_500 : 10_000), request)));
    const others = await Promise.all(ended.filter((_, n) => n !== 2));
    expect(new Set(others)).toEqual(new Set(['ok']));
    expect(await Promise.race([ended[2], Promise.resolve('waits')])).toBe('waits');
    expect(await ended[2]).toBe('timed_out/deadline_passed');
    await release();
    expect(await trial.placed(requests)).toHaveLength(7);
  });

  it('have a deadline each: whose passes while locks are waited for is left out', async () => {
    const requests = await orders(4);
    const release = await holdingItem(itemOf(requests[0]));
    const ended = requests.map((request, n) => endingOf(together(within(n === 1 ? 60 : 10_000), request)));
    await eventually(async () => expect(await waiting()).not.toEqual([]));
    expect(await ended[1]).toBe('timed_out/deadline_passed');
    // Its time began to count in Postgres when the statement came there, on a busy machine some milliseconds later.
    await eventually(async () => expect(await waitedMs()).toBeGreaterThan(100));
    await release();
    expect(await Promise.all(ended.filter((_, n) => n !== 1))).toEqual(['ok', 'ok', 'ok']);
    expect(await trial.placed(requests)).toHaveLength(3);
    expect(await endingOf(together(soon(), requests[1] as CommitOrderRequest))).toBe('ok'); // nothing stood under its key
  });

  it('go on when one of their callers goes away', async () => {
    const requests = await orders(4);
    const release = await holdingItem(itemOf(requests[0]));
    const caller = new AbortController();
    const ended = requests.map((request, n) =>
      endingOf(together(within(10_000, n === 1 ? caller.signal : undefined), request)),
    );
    await eventually(async () => expect(await waiting()).not.toEqual([]));
    caller.abort();
    expect(await ended[1]).toBe('cancelled/caller_gone');
    await release();
    expect(await Promise.all(ended.filter((_, n) => n !== 1))).toEqual(['ok', 'ok', 'ok']);
    expect((await together(soon(), requests[0] as CommitOrderRequest)).replayed).toBe(true);
  });
});

describe('a group whose COMMIT gets no reply', () => {
  it('because its backend dies is unknown to each, and definite when each asks again', async () => {
    const requests = await orders(8);
    const heal = await killingItsBackend(requests[5]);
    sent.length = 0;
    expect(await endings(requests)).toEqual(Array(8).fill('timed_out/commit_outcome_unknown'));
    expect(sent.map((keys) => keys.length)).toEqual([8]);
    await heal();
    expect(await trial.placed(requests)).toEqual([]);
    expect(new Set(await endings(requests))).toEqual(new Set(['ok']));
    expect(await trial.units(itemOf(requests[0]))).toBe(1_000 - 8);
  });

  it('because the reply is lost is unknown to each, was done, and is replayed when each asks again', async () => {
    const proxy = await lossyProxy(trial.database.url);
    const behind = waysToCommit(trial.open(proxy.url, 2)).together;
    const requests = await orders(8, 5);
    await behind(soon(), (await orders(1))[0] as CommitOrderRequest); // connects
    proxy.loseReplies();
    const ended = await Promise.all(requests.map((request) => endingOf(behind(soon(), request))));
    expect(new Set(ended)).toEqual(new Set(['timed_out/commit_outcome_unknown']));
    expect(await trial.placed(requests)).toHaveLength(5);
    const again = await Promise.allSettled(requests.map((request) => together(soon(), request)));
    expect(again.map((one) => (one.status === 'fulfilled' ? one.value.replayed : one.reason.reason))).toEqual([
      ...Array(5).fill(true),
      ...Array(3).fill('stock_exhausted'),
    ]);
    expect(await trial.units(itemOf(requests[0]))).toBe(0);
    proxy.close();
  });
});

describe('an order with faults', () => {
  it.each([
    // at the commit     ends as                             and was done
    ['drop-reply', 'timed_out/commit_outcome_unknown', true],
    ['drop-request', 'timed_out/commit_outcome_unknown', false],
    ['error:conflict', 'conflict/injected_fault', false],
    ['duplicate', 'ok', true],
  ])('is struck alone by %s', async (action, ending, done) => {
    const requests = await orders(8);
    sent.length = 0;
    const ended = requests.map((request, n) =>
      endingOf(together(n === 5 ? { ...soon(), faults: parseFaultPlan(`storage.commit=${action}`) } : soon(), request)),
    );
    expect(await Promise.all(ended)).toEqual(Array.from({ length: 8 }, (_, n) => (n === 5 ? ending : 'ok')));
    expect((await trial.placed([requests[5] as CommitOrderRequest])).length === 1).toBe(done);
    expect(sent.flat()).not.toContain(requests[5]?.key?.key);
    expect(await endingOf(together(soon(), requests[5] as CommitOrderRequest))).toBe('ok');
    expect(await trial.units(itemOf(requests[0]))).toBe(1_000 - 8);
  });

  it('that holds its locks for long holds up nobody who does not need them for longer than a group waits', async () => {
    const requests = await orders(4);
    const others = await orders(4);
    const held = endingOf(
      together(
        { ...within(3_000), faults: parseFaultPlan('storage.commit=delay:60000') },
        requests[0] as CommitOrderRequest,
      ),
    );
    await eventually(async () => {
      const text = `SELECT 1 FROM pg_stat_activity WHERE application_name = 'orders-trial' AND state = 'idle in transaction'`;
      expect((await superuser.query(text)).rows).toHaveLength(1);
    });
    const mixed = [...requests.slice(1), ...others].map((request) => endingOf(together(within(5_000), request)));
    const first = await Promise.all(mixed.slice(3));
    expect(new Set(first)).toEqual(new Set(['ok']));
    expect(await Promise.race([held, Promise.resolve('held')])).toBe('held'); // they had their answers before
    expect(await held).toBe('timed_out/deadline_passed');
    expect(new Set(await Promise.all(mixed))).toEqual(new Set(['ok']));
    expect(await trial.units(itemOf(requests[0]))).toBe(1_000 - 3);
  });
});

describe('a key that business-logic refused', () => {
  it('has its refusal among orders that are placed, and is refused for good', async () => {
    const requests = await orders(3);
    const [first] = requests as [CommitOrderRequest];
    const refused: CommitOrderRequest = {
      key: { ...(first.key as NonNullable<typeof first.key>), key: randomUUID() },
      placed: null,
      refused: { kind: 'rejected', reason: 'item_unknown', message: 'no' },
      decision: 'refused',
    };
    const all = [requests[0], refused, requests[1]] as CommitOrderRequest[];
    expect(await endings(all)).toEqual(['ok', 'rejected/item_unknown', 'ok']);
    expect(await endingOf(together(soon(), { ...first, key: refused.key }))).toBe('rejected/item_unknown');
  });

  it('is nobody’s answer when it was only not possible now', async () => {
    const [request] = (await orders(1)) as [CommitOrderRequest];
    const busy = { kind: 'unavailable', reason: 'later', message: 'later' };
    const refused: CommitOrderRequest = { key: request.key, placed: null, refused: busy, decision: 'refused' };
    expect(await endingOf(together(soon(), refused))).toBe('unavailable/later');
    expect(await endingOf(together(soon(), request))).toBe('ok');
    expect(await together(soon(), refused)).toMatchObject({ replayed: true });
  });
});
