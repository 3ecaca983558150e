import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { readReports, reportsAgainstTables } from './analytics-is-truth.ts';
import type { Facts, OrderFact } from './facts.ts';
import { readBack } from './no-lost-order.ts';
import type { Projections } from './projections.ts';
import type { Question } from './question.ts';
import { NotAnswered, operatorOf, type Rest } from './rest.ts';
import { tableOf } from './show.ts';
import { exitCodeOf, reportOf } from './verdict.ts';

type Answer = (response: ServerResponse) => unknown;
const answering =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(status, { 'retry-after': '0', ...headers }).end(JSON.stringify(body));

/** Answers in turn, the last one from then on; a login is always answered. */
let answers: Answer[] = [];
let asked: string[] = [];
let login = 200;
const sent: unknown[] = [];
const gateway = createServer(async (request, response) => {
  const { authorization, 'content-type': type } = request.headers;
  const body = Buffer.concat(await request.toArray()).toString();
  sent.push([request.method, authorization, type, body]);
  if (request.url === '/v1/auth/login') return answering(login, { accessToken: 'token' })(response);
  asked.push(request.url ?? '');
  (answers.length > 1 ? answers.shift() : answers[0])?.(response);
});
let rest: Rest;
beforeAll(async () => {
  gateway.listen(0, '127.0.0.1');
  await once(gateway, 'listening');
  const url = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`;
  rest = await operatorOf(url, { email: 'operator', password: 'secret' });
});
afterAll(() => {
  gateway.close();
  gateway.closeAllConnections();
});
beforeEach(() => {
  asked = [];
});

const BUSY = answering(503, { reason: 'overloaded' });
const STALE = answering(200, {}, { 'seams-degraded': 'analytics=stale; age=3' });

describe('the operator', () => {
  it('logs in, and asks with the token', async () => {
    answers = [answering(200, {})];
    await rest.get('/v1/orders/a');
    const account = '{"email":"operator","password":"secret"}';
    expect(sent[0]).toEqual(['POST', undefined, 'application/json', account]);
    expect(sent.at(-1)).toEqual(['GET', 'Bearer token', undefined, '']);
  });

  it('who may not log in is told what was answered', async () => {
    login = 403;
    const url = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`;
    const refused = operatorOf(url, { email: 'operator', password: 'wrong' }).finally(() => {
      login = 200;
    });
    await expect(refused).rejects.toThrow('the operator\'s login answered 403 {"accessToken":"token"}');
  });
});

describe('without a login', () => {
  it.each([401, 429, 503, 504])(
    '(%i five times) each question has no answer, and no error ends the audit',
    async (status) => {
      login = status;
      const url = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`;
      try {
        const silent = await operatorOf(url, { email: 'operator', password: 'secret' });
        const asking = silent.get('/v1/orders/a');
        await expect(asking).rejects.toThrow(NotAnswered);
        await expect(asking).rejects.toThrow(`POST /v1/auth/login was not answered in 5 attempts: ${status}`);
      } finally {
        login = 200;
      }
    },
  );
});

describe('a question of the audit over REST', () => {
  it('is asked again until it is answered', async () => {
    answers = [BUSY, answering(429, {}), STALE, answering(504, {}), answering(200, { fine: true })];
    expect(await rest.get('/v1/orders/a')).toEqual({ status: 200, text: '{"fine":true}' });
    expect(asked).toHaveLength(5);
  });

  it.each([
    ['503', BUSY, '503'],
    ['an old answer', STALE, '200 analytics=stale; age=3'],
    ['an ended token', answering(401, {}), '401'],
  ])('that gets %s five times is not answered', async (_, answer, why) => {
    answers = [answer];
    const message = `GET /v1/orders/a was not answered in 5 attempts: ${why}`;
    await expect(rest.get('/v1/orders/a?x=1')).rejects.toEqual(new NotAnswered(message));
    expect(asked).toHaveLength(5);
  });

  it('whose connection breaks is asked again', async () => {
    answers = [(response) => response.destroy(), answering(404, {})];
    expect(await rest.get('/v1/orders/a')).toMatchObject({ status: 404 });
  });
});

const order = (n: number): OrderFact => ({
  orderId: `order-${n}`,
  customerId: 'ada',
  key: `key-${n}`,
  cafeId: 'harbour',
  totalCents: '300',
  currency: 'EUR',
  placedAtMs: '0',
  storedAtMs: 0,
  version: 1,
  status: 'placed',
  clientNonce: '',
  lines: '1 × tea at 300',
  voided: false,
});
const ORDERS = [order(1), order(2), order(3)];
const FACTS: Facts = {
  orders: new Map(ORDERS.map((each) => [each.orderId, each])),
  orderByKey: new Map(),
  events: new Map(),
  answers: [],
};
const reply = (n: number) => ({
  ...{ orderId: `order-${n}`, cafeId: 'harbour', totalCents: 300, currency: 'EUR' },
  ...{ items: [{ itemId: 'tea', quantity: 1, unitPriceCents: 300 }], placedAt: '1970-01-01T00:00:00.000Z' },
});
const TOTAL = { orders: 3, cents: 900 };
const PROJECTIONS: Projections = {
  inbox: new Map(),
  totals: new Map(['harbour', 'station'].map((cafeId) => [cafeId, TOTAL])),
  minutes: new Map(),
};

describe('a gateway that is too busy to answer the audit', () => {
  it('is no breach: what was read is judged, the rest is said to be unknown', async () => {
    answers = [answering(200, reply(1)), BUSY];
    const question = await readBack(FACTS, rest, undefined);
    const why = 'GET /v1/orders/order-2 was not answered in 5 attempts: 503';
    expect(question).toMatchObject({ lookedAt: 1, breachesTotal: 0, unanswered: { things: 2, why } });
    expect(asked).toHaveLength(6); // the third is not even asked for
  });

  it('is no breach for the reports either', async () => {
    answers = [BUSY];
    const reports = await readReports(PROJECTIONS, rest);
    const question = reportsAgainstTables(reports, PROJECTIONS, PROJECTIONS);
    expect(question).toMatchObject({ lookedAt: 0, breachesTotal: 0, unanswered: { things: 2 } });
    expect(asked).toHaveLength(5);
  });

  it.each([
    ['an order', 404],
    ['an order of a bug', 500],
  ])('differs from a gateway that has not got %s', async (_, status) => {
    answers = [answering(status, {})];
    expect(await readBack(FACTS, rest, undefined)).toMatchObject({ lookedAt: 3, breachesTotal: 3 });
  });
});

describe('the verdict on what could not be looked at', () => {
  const looked: Question = { looksAt: 'orders', lookedAt: 3, breachesTotal: 0, breaches: [] };
  const unlooked = { ...looked, unanswered: { things: 2, why: 'GET /x was not answered' } };
  const breach = { ...looked, breachesTotal: 1, breaches: [{ id: 'a', what: 'gone' }] };
  const empty = { ...looked, lookedAt: 0 };
  const verdictOf = (...questions: Question[]) =>
    reportOf({ startedAt: 0, ms: 0 }, [
      ['one', questions],
      ['two', [looked]],
    ]);

  it.each([
    [[looked], 0, 'audit: clean, 6 things looked at by 2 checks'],
    [[unlooked], 2, 'audit: could not look for 1 one: GET /x was not answered'],
    [[{ ...unlooked, lookedAt: 0 }], 2, 'audit: could not look for 1 one: GET /x was not answered'],
    [[breach, unlooked], 1, 'audit: 1 breach in 1 one; could not look for 1 one: GET /x was not answered'],
    [[breach], 1, 'audit: 1 breach in 1 one'],
    [[empty], 1, 'audit: nothing to look at for 1 one'],
  ])('%j: exit code %d', (questions, code, verdict) => {
    const report = verdictOf(...questions);
    expect([exitCodeOf(report), report.verdict, report.clean]).toEqual([code, verdict, code === 0]);
  });

  it('stands in the table, at its question', () => {
    expect(tableOf(verdictOf(unlooked))).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^1 one .* could not look$/),
        '              COULD NOT LOOK at 2: GET /x was not answered',
      ]),
    );
  });
});
