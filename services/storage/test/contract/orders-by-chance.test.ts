/**
 * Orders by chance. One after the other, what a group comes to is what the same orders come to in steps, row by row. All
 * at once, from two replicas, in steps, alone and in groups, with keys used twice, callers that leave and deadlines that
 * pass: nothing is lost, nothing is done twice, and nobody deadlocks.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type CallContext, Failure, parseFaultPlan } from '@seams/call';
import type { CommitOrderRequest } from '@seams/contracts';
import type { Db } from '@seams/postgres';
import { endingOf, eventually, within } from '@seams/testkit';
import fc from 'fast-check';
import { readAnswer } from '../../src/idempotency/record-store.ts';
import { type AskedOrder, commitOrderWith, type Settled } from '../../src/orders/commit-order.ts';
import { commitOrders } from '../../src/orders/commit-orders-store.ts';
import { commitTopUpWith } from '../../src/wallets/commit-top-up.ts';
import { expectBooksToBalance, rowsOf } from './order-books.ts';
import { OrdersTrial, requestOf } from './orders-trial.ts';
import { type CommitOrder, WAYS, waysToCommit } from './ways-to-commit.ts';

const soon = (): CallContext => within(20_000);
const CUSTOMERS = [0, 1, 2];
const ITEMS = [0, 1, 2];
const PROPERTY_MS_MAX = 120_000;

let trials: [OrdersTrial, OrdersTrial];
beforeAll(async () => {
  trials = [await OrdersTrial.begin(), await OrdersTrial.begin()];
});
afterAll(() => Promise.all(trials.map((trial) => trial.end())));

const line = fc.record({ item: fc.constantFrom(...ITEMS), quantity: fc.integer({ min: 1, max: 4 }) });
const lines = fc.uniqueArray(line, { minLength: 1, maxLength: 3, selector: ({ item }) => item });
const wantedOrder = fc.record({
  customer: fc.constantFrom(...CUSTOMERS),
  lines,
  /** The key of one before, where there is one. */
  keyOf: fc.option(fc.nat(11), { freq: 3 }),
  sameContent: fc.boolean(),
  refused: fc.constantFrom(true, false, false, false, false),
});
const world = fc.record({
  wallets: fc.tuple(fc.nat(1_500), fc.nat(1_500), fc.option(fc.nat(1_500))),
  units: fc.tuple(fc.nat(12), fc.nat(12), fc.nat(12)),
});

const itemIds = (run: string): string[] => ITEMS.map((item) => `${run}-${item}`);

type Wanted = {
  customer: number;
  lines: { item: number; quantity: number }[];
  keyOf: number | null;
  sameContent: boolean;
  refused: boolean;
};

function requestsOf(run: string, customers: readonly string[], all: readonly Wanted[]): CommitOrderRequest[] {
  const requests: CommitOrderRequest[] = [];
  for (const [n, { customer, lines, keyOf, sameContent, refused }] of all.entries()) {
    const before = keyOf === null ? undefined : requests[keyOf];
    const customerId = before?.key?.customerId ?? (customers[customer] as string);
    const key = before?.key?.key ?? `${run} ${n}`;
    const content = before && sameContent ? key : `${key} ${n}`;
    const wanted = lines.map(({ item, quantity }) => ({ itemId: itemIds(run)[item] as string, quantity }));
    const request = requestOf({ customerId, lines: wanted, key, content: before ? content : key });
    const no = { kind: 'rejected', reason: 'item_unknown', message: 'no' };
    requests.push(refused ? { ...request, placed: null, refused: no, decision: 'refused' } : request);
  }
  return requests;
}

async function makeWorld(trial: OrdersTrial, run: string, customers: readonly string[], { wallets, units }: World) {
  for (const [n, cents] of wallets.entries()) if (cents !== null) await trial.wallet(cents, customers[n]);
  for (const [n, itemId] of itemIds(run).entries())
    await trial.item(units[n] as number, itemId, n === 2 ? 'station' : 'harbour');
}
type World = { wallets: (number | null)[]; units: number[] };

/** Orders whose statement is sent when `flush` says so. */
function inGroups(db: Db) {
  let waiting: { asked: AskedOrder; resolve(settled: Settled): void; reject(failure: unknown): void }[] = [];
  const commit = commitOrderWith({
    newId: randomUUID,
    traceparent: () => '',
    settle: (_, asked) => new Promise((resolve, reject) => waiting.push({ asked, resolve, reject })),
    readAnswer: (ctx, key) => readAnswer(db, ctx, key),
  });
  const flush = async (): Promise<void> => {
    const group = waiting;
    waiting = [];
    const all = group.map(({ asked }) => ({ asked, waitMs: 10_000 }));
    const settled = await commitOrders((sql, values) => db.write(soon(), sql, values), all, 0);
    for (const [n, { resolve, reject }] of group.entries()) {
      const one = settled[n] as Settled | Failure;
      if (one instanceof Failure) reject(one);
      else resolve(one);
    }
  };
  return { commit, flush };
}

const tellingOf = async (call: ReturnType<CommitOrder>): Promise<string> => {
  let told = '';
  const ending = await endingOf(call.then(({ order, replayed }) => (told = `${order?.orderId} ${replayed}`)));
  return `${ending} ${told}`;
};

it(
  'come to the same in groups as in steps, row by row',
  () =>
    fc.assert(
      fc.asyncProperty(
        world,
        fc.array(wantedOrder, { maxLength: 12 }),
        fc.integer({ min: 1, max: 8 }),
        async (given, wanted, size) => {
          const run = randomUUID();
          const customers = CUSTOMERS.map(() => randomUUID());
          const [one, other] = trials;
          for (const trial of trials) await makeWorld(trial, run, customers, given);
          const requests = requestsOf(run, customers, wanted as Wanted[]);

          const inSteps = waysToCommit(one.db)['in steps'];
          const expected: string[] = [];
          for (const request of requests) expected.push(await tellingOf(inSteps(soon(), request)));

          const { commit, flush } = inGroups(other.db);
          const told: Promise<string>[] = [];
          let keys = new Set<string>();
          for (const request of requests) {
            const key = `${request.key?.customerId} ${request.key?.key}`;
            if (keys.size === size || keys.has(key)) {
              await flush();
              keys = new Set();
            }
            keys.add(key);
            told.push(tellingOf(commit(soon(), request)));
          }
          if (keys.size > 0) await flush();
          expect(await Promise.all(told)).toEqual(expected);
          expect(await rowsOf(other, itemIds(run), customers)).toEqual(await rowsOf(one, itemIds(run), customers));
        },
      ),
      { numRuns: 60 },
    ),
  PROPERTY_MS_MAX,
);

const asked = fc.record({
  order: wantedOrder,
  way: fc.constantFrom(...WAYS, 'together' as const, 'together' as const),
  replica: fc.constantFrom(0, 1),
  ends: fc.oneof(
    { weight: 6, arbitrary: fc.constant({ kind: 'in time' as const }) },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('deadline' as const), ms: fc.integer({ min: 1, max: 60 }) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('leaves' as const), ms: fc.integer({ min: 0, max: 40 }) }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'reply lost' as const }) },
  ),
});
type Ends = { kind: 'in time' | 'deadline' | 'leaves' | 'reply lost'; ms?: number };

/** Calls it off later, as a client does that hangs up. */
function contextOf({ kind, ms = 0 }: Ends): CallContext {
  if (kind === 'deadline') return within(ms);
  if (kind === 'reply lost') return { ...soon(), faults: parseFaultPlan('storage.commit=drop-reply') };
  const caller = new AbortController();
  if (kind === 'leaves') setTimeout(() => caller.abort(), ms);
  return within(20_000, caller.signal);
}

it(
  'all at once lose nothing and do nothing twice, and nobody deadlocks',
  () =>
    fc.assert(
      fc.asyncProperty(world, fc.array(asked, { minLength: 60, maxLength: 120 }), async (given, all) => {
        const run = randomUUID();
        const customers = CUSTOMERS.map(() => randomUUID());
        const [trial] = trials;
        await makeWorld(trial, run, customers, given);
        const refusedBy: string[] = [];
        const replicas = [noting(trial.db, refusedBy), noting(trial.open(), refusedBy)].map(waysToCommit);
        const requests = requestsOf(run, customers, all.map(({ order }) => order) as Wanted[]);

        const toppedUp = customers.map((customerId) => topUp(trial.db, customerId, 300));
        const first = await Promise.all(
          all.map(({ way, replica, ends }, n) =>
            tellingOf(
              (replicas[replica] as ReturnType<typeof waysToCommit>)[way](
                contextOf(ends),
                requests[n] as CommitOrderRequest,
              ),
            ),
          ),
        );
        await Promise.all(toppedUp);
        // Whoever does not know asks again until it does.
        const last = await Promise.all(
          requests.map((request) =>
            tellingOf((replicas[0] as ReturnType<typeof waysToCommit>).together(soon(), request)),
          ),
        );

        expect(refusedBy.filter((reason) => reason.startsWith('conflict/'))).toEqual([]);
        for (const [n, told] of first.entries()) {
          if (/^(timed_out|cancelled|unavailable)/.test(told)) continue;
          expect(last[n]?.replace(/ (true|false)$/, '')).toBe(told.replace(/ (true|false)$/, ''));
        }
        await expectBooksToBalance(trial, { requests, last, customers, itemIds: itemIds(run), ...given });
      }),
      { numRuns: 12 },
    ),
  PROPERTY_MS_MAX,
);

/** Notes why writes and transactions of several orders failed: a group hides it, for each goes alone then. */
function noting(db: Db, reasons: string[]): Db {
  const noted = async <T>(call: Promise<T>): Promise<T> =>
    call.catch((error: unknown) => {
      if (error instanceof Failure) reasons.push(`${error.kind}/${error.reason}`);
      throw error;
    });
  return {
    ...db,
    write: (ctx, sql, values) => noted(db.write(ctx, sql, values)),
    transaction: (ctx, work) => noted(db.transaction(ctx, work)),
  };
}

async function topUp(db: Db, customerId: string, amountCents: number): Promise<void> {
  const key = { customerId, route: 'POST /v1/wallet/top-ups', key: randomUUID(), fingerprint: Buffer.alloc(32) };
  const accepted = {
    topUpId: randomUUID(),
    customerId,
    amountCents,
    currency: 'EUR',
    creditedAtMs: Date.now(),
    balanceCents: 0,
  };
  const request = { key, accepted, refused: null, decision: 'accepted' as const };
  const ending = await eventually(async () => {
    const told = await endingOf(commitTopUpWith(db)(soon(), request));
    // Beside so many orders a connection may not stand within its second: nothing was done, and it is sent again.
    expect(told).not.toBe('unavailable/database_down');
    return told;
  });
  expect(ending).toBe('ok');
}
