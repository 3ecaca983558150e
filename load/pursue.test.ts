import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Journal, readJournal } from '../audit/journal.ts';
import { Connection } from './connection.ts';
import { parseFaults } from './faults.ts';
import { JournalWriter } from './journal-writer.ts';
import type { PlannedOrder } from './plan.ts';
import { backoffMs, type Pursued, pursue, type Run } from './pursue.ts';
import { fromState } from './random.ts';
import { replay, sendOtherContent } from './replays.ts';
import { Slots } from './slots.ts';
import { Tally } from './tally.ts';

/** What the stand-in for the system says to the next requests, one after the other; the last one stays. */
let script: ((request: IncomingMessage, response: ServerResponse, body: string) => void)[];
let keys: string[];
let server: Server;
let folder: string;
let connection: Connection;

const says =
  (status: number, body: string, headers: Record<string, string> = {}) =>
  (_: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(status, headers).end(body);
  };
const done = says(201, '{"orderId":"o-1"}');
const replayed = says(201, '{"orderId":"o-1"}', { 'Idempotency-Replayed': 'true' });
const notDone = says(503, '{"reason":"busy"}', { 'Retry-After': '0' });
const breaks = (request: IncomingMessage): void => void request.socket.destroy();

beforeEach(async () => {
  keys = [];
  folder = mkdtempSync(path.join(tmpdir(), 'seams-load-'));
  server = createServer(async (request, response) => {
    keys.push(String(request.headers['idempotency-key']));
    const body = Buffer.concat(await request.toArray()).toString();
    (script.length > 1 ? script.shift() : script[0])?.(request, response, body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  connection = new Connection(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 10);
});
afterEach(async () => {
  connection.close();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

const order: PlannedOrder = {
  number: 3,
  atMs: 0,
  customer: 0,
  request: { cafeId: 'harbour', items: [{ itemId: 'harbour-tea', quantity: 1 }] },
  cents: 200,
};

function runWith(faults: string | undefined, giveUpAt?: number, faultsFrom = 0): Run {
  return {
    seed: 7,
    name: 'load-7',
    connection,
    customers: [{ customerId: 'c-1', token: async () => 'token' }],
    faults: faults === undefined ? [] : parseFaults(faults),
    headers: {},
    journal: new JournalWriter(path.join(folder, 'loads', 'journal.jsonl')),
    tally: new Tally(1),
    slots: new Slots(2),
    retrySlots: new Slots(1),
    startedAt: performance.now(),
    faultsFrom,
    giveUpAt,
  };
}

async function pursued(run: Run): Promise<Pursued & { journal: Journal }> {
  const one = await pursue(run, order);
  return { ...one, journal: readJournal(path.join(folder, 'loads', 'journal.jsonl')) };
}

describe('an order is pursued until it is definite', () => {
  it('under the same key, and the journal says unknown first', async () => {
    script = [breaks, says(504, '{}'), notDone, done];
    const { journal, ...one } = await pursued(runWith(undefined));
    expect(one).toMatchObject({ first: 'unknown', end: 'ok', wasUnknown: true, contradiction: undefined });
    expect(keys).toEqual(Array.from({ length: 4 }, () => 'load-7-3'));
    expect(journal).toMatchObject({ lines: 2, unknown: 0, nothing: [] });
    expect(journal.ok).toMatchObject([
      { key: 'load-7-3', customerId: 'c-1', orderId: 'o-1', clientNonce: one.clientNonce },
    ]);
  });

  it('and a refusal is one', async () => {
    script = [says(409, '{"reason":"stock_exhausted"}')];
    const { journal, end } = await pursued(runWith(undefined));
    expect([end, journal.lines, journal.nothing.length]).toEqual(['refused', 1, 1]);
  });

  it('or until the time is over: not done when nobody may have done it, unknown otherwise', async () => {
    script = [notDone];
    const one = await pursued(runWith(undefined, performance.now() + 50));
    expect([one.end, one.wasUnknown, one.journal.nothing.length]).toEqual(['not_done', false, 1]);
    rmSync(path.join(folder, 'loads'), { recursive: true });
    script = [breaks, notDone];
    const other = await pursued(runWith(undefined, performance.now() + 300));
    expect([other.end, other.wasUnknown, other.journal.unknown]).toEqual(['unknown', true, 1]);
  });

  it('and a "not done" that was done is called out, unless it was this attempt that did it', async () => {
    const placed = (at: () => number) => (_: IncomingMessage, response: ServerResponse) =>
      void response.writeHead(201).end(JSON.stringify({ orderId: 'o-1', placedAt: new Date(at()).toISOString() }));
    const [longAgo, justNow] = [placed(() => Date.now() - 60_000), placed(Date.now)];
    const contradictionIn = async (...answers: typeof script): Promise<string | undefined> => {
      script = answers;
      const { contradiction } = await pursued(runWith(undefined));
      rmSync(path.join(folder, 'loads'), { recursive: true });
      return contradiction;
    };
    expect(await contradictionIn(notDone, longAgo)).toContain('was told "not done"');
    expect(await contradictionIn(notDone, justNow)).toBeUndefined();
    expect(await contradictionIn(breaks, notDone, longAgo)).toBeUndefined();
  });

  it('and a reply that the client is to lose is not read', async () => {
    const run = runWith('lost-reply:100%@client-gateway');
    const doneAndHealed: typeof done = (request, response) => {
      run.giveUpAt = performance.now() + 10_000; // no more faults from here on
      done(request, response);
    };
    script = [done, doneAndHealed];
    const { journal, ...one } = await pursued(run);
    expect(one).toMatchObject({ first: 'unknown', firstMs: undefined, end: 'ok' });
    expect(keys).toHaveLength(3);
    expect(journal.ok).toHaveLength(1);
  });

  it.each([
    ['after it', 1, undefined],
    ['before it', 0, 'business-logic.PlaceOrder=drop-reply*1'],
  ])('and carries a fault when the baseline ends %s', async (_, more, header) => {
    const headers: unknown[] = [];
    script = [
      (request, response) => {
        headers.push(request.headers['seams-fault']);
        done(request, response);
      },
    ];
    const run = runWith('lost-reply:100%@gateway-logic', undefined, order.number + more);
    expect((await pursue(run, order)).attempts).toBe(1);
    expect(headers).toEqual([header]);
    expect([run.tally.requestsWithFaults, run.tally.asked.size]).toEqual(header ? [1, 1] : [0, 0]);
  });

  it('and two at once that are answered differently are called out', async () => {
    let answers = 0;
    script = [(_, response) => void response.writeHead(201).end(`{"orderId":"o-${++answers}"}`)];
    const { contradiction } = await pursued(runWith('duplicate:100%@client-gateway'));
    expect(contradiction).toContain('not alike');
  });

  it('waits longer each time, up to a bound, and as long as it is told to', () => {
    const most = { ...fromState([1, 2, 3, 4]), next: () => 1 };
    expect([1, 2, 3, 9].map((attempt) => backoffMs(attempt, undefined, most))).toEqual([100, 200, 400, 5_000]);
    expect(backoffMs(1, 1_000, most)).toBe(1_100);
  });
});

describe('a key that is sent again', () => {
  const all = async (run: Run, one: Pursued) => replay(run, [one], 10, () => undefined);

  it('must get the same status and bytes', async () => {
    const run = runWith(undefined);
    script = [done, replayed, says(201, '{"orderId": "o-1"}', { 'Idempotency-Replayed': 'true' }), notDone, replayed];
    const one = await pursue(run, order);
    expect(await all(run, one)).toEqual({ sent: 1, equal: 1, differing: [] });
    expect((await all(run, one)).differing).toEqual([
      'load-7-3: first {"orderId":"o-1"}, when sent again {"orderId": "o-1"}',
    ]);
    expect((await all(run, one)).equal).toBe(1); // not done first, then the answer
    script = [done];
    expect((await all(run, one)).differing[0]).toContain('it was done anew');
  });

  it('with other content must get a 422', async () => {
    const run = runWith(undefined);
    const bodies: string[] = [];
    script = [done, (_, response, body) => void (bodies.push(body), response.writeHead(422).end('{}')), replayed];
    const one = await pursue(run, order);
    expect(await sendOtherContent(run, [one])).toMatchObject({ sent: 1, equal: 1 });
    expect(JSON.parse(bodies[0] ?? '')).toEqual({
      cafeId: 'harbour',
      items: [{ itemId: 'harbour-tea', quantity: 2 }],
      clientNonce: one.clientNonce,
    });
    expect((await sendOtherContent(run, [one])).differing).toEqual(['load-7-3: 201, not 422']);
  });
});

it('a journal is never written over', () => {
  const file = path.join(folder, 'journal.jsonl');
  new JournalWriter(file).close();
  expect(() => new JournalWriter(file)).toThrow('is there already');
});

it('slots let in as many as there are, and the rest in turn', async () => {
  const slots = new Slots(1);
  expect(await slots.take()).toBe(false);
  const order: number[] = [];
  const waiting = [1, 2].map((n) => slots.take().then((waited) => order.push(waited ? n : -n)));
  slots.give();
  slots.give();
  await Promise.all(waiting);
  expect(order).toEqual([1, 2]);
});
