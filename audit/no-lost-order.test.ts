import { describe, expect, it } from '@jest/globals';
import type { AnswerFact, Facts, OrderFact } from './facts.ts';
import type { Journal, JournalLine } from './journal.ts';
import { acknowledgedInJournal, answeredButMissing, READ_BACK_MAX, readBack } from './no-lost-order.ts';
import type { Question } from './question.ts';
import type { Rest } from './rest.ts';

const order = (changes: Partial<OrderFact> = {}): OrderFact => ({
  orderId: 'o-1',
  customerId: 'ada',
  key: 'k',
  cafeId: 'harbour',
  totalCents: '640',
  currency: 'EUR',
  placedAtMs: '1000',
  storedAtMs: 1_000,
  version: 1,
  status: 'placed',
  clientNonce: 'n',
  lines: '2 × tea at 300, 1 × mug at 40',
  voided: false,
  ...changes,
});
const facts = (orders: readonly OrderFact[], answers: readonly AnswerFact[] = []): Facts => ({
  orders: new Map(orders.map((one) => [one.orderId, one])),
  orderByKey: new Map(orders.map((one) => [`${one.customerId} ${one.key}`, one])),
  events: new Map(),
  answers,
});

const REQUEST = {
  cafeId: 'harbour',
  items: [
    { itemId: 'tea', quantity: 2 },
    { itemId: 'mug', quantity: 1 },
  ],
};
const told = (changes: Partial<JournalLine> = {}): Journal['ok'][number] => ({
  ...{ at: 1, op: 'order', customerId: 'ada', key: 'k', clientNonce: 'n', request: REQUEST, outcome: 'ok' },
  ...{ orderId: 'o-1', body: '{}' },
  ...changes,
});
const journal = (...ok: Journal['ok'][number][]): Journal => ({ ok, nothing: [], unknown: 3, lines: 9 });
const breaches = ({ breaches: found }: Question): (readonly [string, string])[] =>
  found.map(({ id, what }) => [id, what] as const);

describe('a key answered "done"', () => {
  const says = { orderId: 'o-1' } as AnswerFact['says'];
  it('has its order', () => {
    const question = answeredButMissing(facts([order()], [{ customerId: 'ada', key: 'k', says }]));
    expect(question).toMatchObject({ lookedAt: 1, breachesTotal: 0 });
    expect(question.looksAt).toBe('keys answered "done", which must have their order');
  });

  it.each([
    ['the order that it was told', says, 'o-1'],
    ['its key, when the answer can’t be read', undefined, 'k'],
  ])('without its order is named by %s', (_, answer, id) => {
    const lost = answeredButMissing(facts([order()], [{ customerId: 'ben', key: 'k', says: answer }]));
    expect(breaches(lost)).toEqual([[id, 'customer ben was told "done" under key k; there is no such order']]);
  });
});

describe('an acknowledged order of the journal', () => {
  const ask = (stored: OrderFact, line: Journal['ok'][number]) => acknowledgedInJournal(facts([stored]), journal(line));

  it('is stored as it was asked for', () => {
    const question = ask(order(), told());
    expect(question).toMatchObject({
      lookedAt: 1,
      breachesTotal: 0,
      note: '9 lines read, 3 keys unknown and not judged',
    });
    expect(question.looksAt).toBe("acknowledged orders of the client's journal");
  });

  it.each([
    ['nowhere', { orderId: 'o-2' }, 'was acknowledged under key k; there is no such order'],
    ['for another customer', { customerId: 'ben' }, 'asked by ada under k, stored for ben under k'],
    ['under another key', { key: 'l' }, 'asked by ada under k, stored for ada under l'],
    ['at another café', { cafeId: 'station' }, 'asked at harbour, stored at station'],
    [
      'with another quantity',
      { lines: '1 × tea at 300, 1 × mug at 40' },
      'asked for 2 × tea, 1 × mug, stored 1 × tea, 1 × mug',
    ],
    ['without a line', { lines: '2 × tea at 300' }, 'asked for 2 × tea, 1 × mug, stored 2 × tea'],
    ['with another nonce', { clientNonce: 'm' }, 'asked with nonce n, stored m'],
  ])('that is stored %s is a breach', (_, stored, what) => {
    expect(breaches(ask(order(stored), told()))).toEqual([['o-1', what]]);
  });

  it.each([
    ['its request', { request: { ...REQUEST, clientNonce: 'n' }, clientNonce: 'another' }, 'n'],
    ['its line', { clientNonce: 'n' }, 'n'],
    ['nobody', { clientNonce: undefined } as unknown as Partial<JournalLine>, ''],
  ])('has the nonce of %s', (_, line, clientNonce) => {
    expect(ask(order({ clientNonce }), told(line)).breachesTotal).toBe(0);
    expect(ask(order({ clientNonce: 'x' }), told(line)).breachesTotal).toBe(1);
  });

  it('is not judged without a journal', () => {
    expect(acknowledgedInJournal(facts([order()]), undefined)).toEqual({
      looksAt: "acknowledged orders of the client's journal",
      ...{ lookedAt: 0, breachesTotal: 0, breaches: [], note: 'not given: --journal FILE' },
    });
  });
});

describe('an order read back', () => {
  const ITEMS = [
    { itemId: 'tea', name: 'Tea', quantity: 2, unitPriceCents: 300 },
    { itemId: 'mug', name: 'Mug', quantity: 1, unitPriceCents: 40 },
  ];
  const REPLY = {
    ...{ orderId: 'o-1', cafeId: 'harbour', status: 'placed', items: ITEMS, totalCents: 640, currency: 'EUR' },
    ...{ placedAt: '1970-01-01T00:00:01.000Z', version: 1, clientNonce: 'n' },
  };
  const text = (changes: object = {}): string => JSON.stringify({ ...REPLY, ...changes });

  function rest(reply: string, status = 200): Rest & { asked: string[] } {
    const asked: string[] = [];
    return {
      asked,
      get: async (path) => {
        asked.push(path);
        return { status, text: reply };
      },
    };
  }
  const ask = (reply: string, line?: Journal['ok'][number], status?: number) =>
    readBack(facts([order()]), rest(reply, status), line && journal(line));

  it('is as stored and as told', async () => {
    const question = await ask(text(), told({ body: text() }));
    expect(question).toMatchObject({ lookedAt: 1, breachesTotal: 0 });
    expect(question.looksAt).toMatch(/^orders read back over REST, .*byte for byte$/);
  });

  it('may have moved on since: status and version are not compared', async () => {
    expect((await ask(text({ status: 'ready', version: 2 }))).breachesTotal).toBe(0);
  });

  it('has no nonce when it was given none', async () => {
    const stored = facts([order({ clientNonce: '' })]);
    expect((await readBack(stored, rest(text({ clientNonce: undefined })), undefined)).breachesTotal).toBe(0);
  });

  it.each([
    ['orderId', { orderId: 'o-9' }],
    ['cafeId', { cafeId: 'station' }],
    ['items', { items: ITEMS.slice(0, 1) }],
    ['quantity', { items: [{ ...ITEMS[0], quantity: 3 }, ITEMS[1]] }],
    ['price', { items: [{ ...ITEMS[0], unitPriceCents: 1 }, ITEMS[1]] }],
    ['item', { items: [{ ...ITEMS[0], itemId: 'cake' }, ITEMS[1]] }],
    ['totalCents', { totalCents: 641 }],
    ['currency', { currency: 'USD' }],
    ['placedAt', { placedAt: '1970-01-01T00:00:02.000Z' }],
    ['clientNonce', { clientNonce: 'm' }],
  ])('with another %s is a breach', async (_, changes) => {
    const what = `GET says ${text(changes)}, stored is ${JSON.stringify(order())}`;
    expect(breaches(await ask(text(changes)))).toEqual([['o-1', what]]);
  });

  it('that says the same in other bytes than the client was told is a breach', async () => {
    const body = text({ status: 'ready' });
    expect(breaches(await ask(text(), told({ body })))).toEqual([
      ['o-1', `GET says ${text()}, the client was told ${body}`],
    ]);
  });

  it('with another status than 200 is a breach', async () => {
    expect(breaches(await ask('{"status":404}', undefined, 404))).toEqual([['o-1', 'GET answered 404']]);
  });

  it('is each of the newest, and each of the last that the client was told of, once', async () => {
    const ids = Array.from({ length: 60 }, (_, n) => `o-${100 + n}`);
    // The order of the ids is that of the time, whatever the order of the rows.
    const stored = facts([...ids].reverse().map((orderId) => order({ orderId, key: orderId })));
    const lines = ids.slice(0, 30).map((orderId) => told({ orderId, body: 'x' }));
    const asked = rest(text());
    const question = await readBack(
      stored,
      asked,
      journal(...lines, told({ orderId: ids.at(-1) as string, body: 'x' })),
    );
    const wanted = [...ids.slice(30 - READ_BACK_MAX + 1, 30), ...ids.slice(-READ_BACK_MAX)];
    expect([...asked.asked].sort()).toEqual(wanted.map((orderId) => `/v1/orders/${orderId}`));
    expect(question.lookedAt).toBe(2 * READ_BACK_MAX - 1);
  });

  it('that fails for a reason of our own is no silence of the gateway', async () => {
    const broken: Rest = { get: () => Promise.reject(new TypeError('of our own')) };
    await expect(readBack(facts([order()]), broken, undefined)).rejects.toThrow('of our own');
  });

  it('that is not stored is named by another question', async () => {
    const asked = rest(text());
    expect(await readBack(facts([]), asked, journal(told()))).toMatchObject({ lookedAt: 0, breachesTotal: 0 });
    expect(asked.asked).toEqual([]);
  });
});
