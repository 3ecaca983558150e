import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type OrderPlacedInput, orderPlaced } from '@seams/contracts';
import { eventually } from '@seams/testkit';
import { Kafka, logLevel, type Message, Partitioners } from 'kafkajs';
import { type Customer, call, customerWith, login } from './client.ts';
import { HOOK_MS_MAX, type System, startSystem } from './system.ts';

const TOPIC = 'seams.orders.v1';
const PARTITIONS = 6;
const TEST_MS_MAX = 60_000;

let system: System;
let customer: Customer;
let operator: string;
beforeAll(async () => {
  system = await startSystem();
  customer = await customerWith(system.url, 50_000);
  operator = await login(system.url, system.demoAccount('operator'));
}, HOOK_MS_MAX);
afterAll(() => system?.stop(), HOOK_MS_MAX);

async function placeOrders(count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    const body = { cafeId: 'harbour', items: [{ itemId: 'harbour-tea', quantity: 1 }] };
    const { status } = await call(`${system.url}/v1/orders`, { token: customer.token, key: randomUUID(), body });
    expect(status).toBe(201);
  }
}

async function counted(cafeId: string): Promise<number> {
  const { status, json } = await call(`${system.url}/v1/analytics/cafes/${cafeId}`, { token: operator });
  expect(status).toBe(200);
  return json.ordersTotal;
}

/** @returns the origin of each, as the dead letters name it */
async function produce(messages: Message[]): Promise<string[]> {
  const kafka = new Kafka({ clientId: 'seams-e2e', brokers: [...system.brokers], logLevel: logLevel.NOTHING });
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  try {
    const origins: string[] = [];
    for (const message of messages) {
      const [sent] = await producer.send({ topic: TOPIC, messages: [message] });
      origins.push(`${TOPIC}/${sent?.partition}/${sent?.baseOffset}`);
    }
    return origins;
  } finally {
    await producer.disconnect();
  }
}

function eventOf(changes: OrderPlacedInput = {}): Message & { headers: Record<string, string> } {
  const event: OrderPlacedInput = {
    eventId: randomUUID(),
    orderId: randomUUID(),
    customerId: randomUUID(),
    cafeId: 'garden',
    lines: [{ itemId: 'garden-matcha', quantity: 1, unitPriceCents: 400 }],
    totalCents: 400,
    currency: 'EUR',
    placedAtMs: Date.now(),
    orderVersion: 1,
    ...changes,
  };
  return {
    key: String(event.orderId),
    value: orderPlaced.encode(event),
    headers: { 'event-id': String(event.eventId), 'event-type': orderPlaced.fullName },
  };
}

interface Letter {
  readonly origin: string;
  readonly place: string;
  readonly reason: string;
  readonly verdict: string;
  readonly replayOf: string | null;
  readonly replays: readonly { readonly place: string; readonly verdict: string }[];
}

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** `npm run dead-letters -- …` without npm. */
function deadLetters(...args: string[]): Promise<Ended> {
  const tool = path.join(import.meta.dirname, '../tools/dead-letters.ts');
  const line = ['--disable-warning=TimeoutNegativeWarning', tool, ...args, '--data', system.dataDir];
  return new Promise((resolve) => {
    execFile(process.execPath, line, (error, out, err) => {
      resolve({ code: error ? Number(error.code) : 0, out, err });
    });
  });
}

async function listed(): Promise<Letter[]> {
  const { code, out, err } = await deadLetters('list', '--json');
  expect([code, err]).toEqual([0, '']);
  return JSON.parse(out) as Letter[];
}

describe('what analytics cannot read', () => {
  it(
    'is set aside with its reason, and the orders around it are all counted',
    async () => {
      await placeOrders(6);
      const records = await eventually(async () => {
        const all = await system.readTopic(TOPIC);
        expect(all).toHaveLength(6);
        return all;
      });
      const [known] = records;
      if (!known) throw new Error('no order was published');
      const other = orderPlaced.encode({ ...orderPlaced.decode(known.value), totalCents: 1 });
      const junk = { value: '{"not":"protobuf"}\u001b[2J', headers: { 'event-type': orderPlaced.fullName } };
      const cases: [string, Message][] = [
        // One in each partition, so that whatever comes next stands behind one.
        ...Array.from({ length: PARTITIONS }, (_, partition): [string, Message] => [
          'not_protobuf',
          { ...junk, partition },
        ]),
        ['event_type_unknown', { ...eventOf(), headers: { 'event-type': 'seams.events.v9.OrderEaten' } }],
        ['event_type_missing', { ...eventOf(), headers: {} }],
        ['value_missing', { ...eventOf(), value: null }],
        ['key_is_not_order_id', { ...eventOf(), key: randomUUID() }],
        ['placed_at_out_of_range', eventOf({ placedAtMs: 1 })],
        ['event_id_reused', { key: known.key, value: other, headers: known.headers }],
      ];
      const origins = await produce(cases.map(([, message]) => message));
      await placeOrders(6);

      await eventually(async () => expect(await counted('harbour')).toBe(12));
      const letters = await eventually(async () => {
        const all = await listed();
        expect(all).toHaveLength(cases.length);
        return all;
      }, 30_000);
      expect(new Map(letters.map(({ origin, reason }) => [origin, reason]))).toEqual(
        new Map(cases.map(([reason], n) => [origins[n] ?? '', reason])),
      );
    },
    TEST_MS_MAX,
  );

  it('is shown with its bytes, of which none reaches the terminal as a command', async () => {
    const one = (await listed()).find(({ reason }) => reason === 'not_protobuf');
    const { code, out } = await deadLetters('show', one?.origin ?? '');
    expect(code).toBe(0);
    expect(out).toContain('dead-letter-reason: not_protobuf');
    expect(out).toContain('{"not":"protobuf');
    expect(out).toContain('.[2J');
    expect(out).not.toContain('\u001b');
  });

  it(
    'and is replayed with nothing mended is set aside again, and says so',
    async () => {
      const one = (await listed()).find(({ reason }) => reason === 'event_type_unknown');
      const origin = one?.origin ?? '';
      const { code, out } = await deadLetters('replay', origin);
      expect(code).toBe(1);
      expect(out).toContain('set aside again');

      const after = await listed();
      const [replay] = after.find((letter) => letter.origin === origin)?.replays ?? [];
      expect(replay?.verdict).toBe('set_aside_again');
      expect(after.find((letter) => letter.origin === replay?.place)).toMatchObject({
        reason: 'event_type_unknown',
        replayOf: origin,
        replays: [],
      });
      const twice = await deadLetters('replay', origin);
      expect([twice.code, twice.err]).toEqual([
        1,
        `seams: ${origin} was replayed already: ${replay?.place}, set aside again\n`,
      ]);
    },
    TEST_MS_MAX,
  );

  it(
    'is counted once when it is replayed after its cause was mended',
    async () => {
      // An impostor took the event's id first, so the true event was set aside.
      const eventId = randomUUID();
      await produce([eventOf({ eventId, cafeId: 'impostor' })]);
      await eventually(async () => expect(await counted('impostor')).toBe(1));
      const before = await eventually(() => counted('garden'));
      const [origin = ''] = await produce([eventOf({ eventId })]);
      await eventually(async () => expect((await listed()).map((one) => one.origin)).toContain(origin), 30_000);

      await system.sql('analytics', 'DELETE FROM inbox WHERE event_id = $1', [eventId]);
      await system.sql('analytics', `DELETE FROM cafe_minutes WHERE cafe_id = 'impostor'`);
      await system.sql('analytics', `DELETE FROM cafe_totals WHERE cafe_id = 'impostor'`);
      const { code, out } = await deadLetters('replay', origin, '--json');
      expect([code, JSON.parse(out)]).toMatchObject([0, [{ origin, verdict: 'taken' }]]);
      // While analytics is late its last report stands in.
      await eventually(async () => expect(await counted('garden')).toBe(before + 1));
      expect((await listed()).find((one) => one.origin === origin)?.replays).toMatchObject([{ verdict: 'taken' }]);
    },
    TEST_MS_MAX,
  );

  it(
    'is replayed all at once, each only as often as it was not replayed before',
    async () => {
      const open = (await listed()).filter(({ replays }) => replays.length === 0);
      const { code, out } = await deadLetters('replay', '--all', '--json');
      expect(code).toBe(1);
      const ends = JSON.parse(out) as Letter[];
      expect(ends.map(({ origin }) => origin).sort()).toEqual(open.map(({ origin }) => origin).sort());
      expect(new Set(ends.map(({ verdict }) => verdict))).toEqual(new Set(['set_aside_again']));
      const after = await listed();
      expect(after.filter(({ replays }) => replays.length === 0)).toHaveLength(open.length);
      await eventually(async () => expect(await counted('harbour')).toBe(12));
    },
    TEST_MS_MAX,
  );

  it.each<[string, string[]]>([
    ['no command', []],
    ['an unknown command', ['burn']],
    ['an unknown option', ['list', '--loud']],
    ['show without an origin', ['show']],
    ['an origin that is none', ['show', 'x']],
    ['an origin that is not there', ['replay', `${TOPIC}/0/999999`]],
    ['replay without a word', ['replay']],
    ['replay of one and of all', ['replay', `${TOPIC}/0/1`, '--all']],
  ])('is not touched by %s: one line, exit code 1', async (_, args) => {
    const { code, out, err } = await deadLetters(...args);
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/^seams: [^\n]+\n$/);
  });
});
