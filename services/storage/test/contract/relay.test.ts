import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Background } from '@seams/lifecycle';
import { openPublisher, type Publisher } from '@seams/messaging';
import { type Db, openDb } from '@seams/postgres';
import { eventually, quietLogger, type TestDatabase, testBrokers, testDatabase, testTopic } from '@seams/testkit';
import { publishTo } from '../../src/outbound/event-log.ts';
import { createRelay } from '../../src/outbound/relay.ts';
import {
  giveUpLease,
  markPublished,
  readWaiting,
  takeLease,
  type WaitingEvent,
} from '../../src/outbox/outbox-store.ts';
import { type Ports, relayOutboxWith } from '../../src/outbox/relay-outbox.ts';

const LEASE_MS = 600;
const POLL_MS = 150;

let database: TestDatabase;
let db: Db;
let publisher: Publisher;
const relays: Background[] = [];

beforeAll(async () => {
  database = await testDatabase('storage', fileURLToPath(new URL('../../migrations', import.meta.url)));
  publisher = openPublisher({ brokers: testBrokers(), clientId: 'test', log: quietLogger });
  db = openDb({ name: 'storage', url: database.url, applicationName: 'test', connectionsMax: 8, log: quietLogger });
});

afterEach(async () => {
  await Promise.all(relays.splice(0).map((relay) => relay.stop()));
  await database.ask('DELETE FROM outbox');
  await database.ask(`UPDATE relay_lease SET holder = '', expires_at = '-infinity'`);
});

afterAll(async () => {
  await publisher?.close();
  await db?.close();
  await database?.drop();
});

async function startRelay(holder: string, changes: Partial<Ports> = {}): Promise<Background> {
  const ports: Ports = {
    takeLease: (ctx) => takeLease(db, ctx, holder, LEASE_MS),
    readWaiting: (ctx, eventsMax) => readWaiting(db, ctx, eventsMax),
    publish: publishTo(publisher),
    markPublished: (ctx, lease, ids) => markPublished(db, ctx, lease, ids),
    ...changes,
  };
  const relay = createRelay({
    db,
    log: quietLogger,
    pollMs: POLL_MS,
    turnMsMax: 5_000,
    relayOutbox: relayOutboxWith(ports),
    giveUpLease: (ctx) => giveUpLease(db, ctx, holder),
  });
  await relay.start();
  relays.push(relay);
  return relay;
}

async function commitEvents(topic: string, count: number, keys = 4): Promise<string[]> {
  const ids = Array.from({ length: count }, () => randomUUID());
  for (const [n, eventId] of ids.entries()) {
    await database.ask(
      `INSERT INTO outbox (event_id, event_type, topic, message_key, payload, traceparent) VALUES ($1, 'test', $2, $3, $4, '')`,
      [eventId, topic, `key-${n % keys}`, Buffer.from(String(n))],
    );
  }
  return ids;
}

const allPublished = () =>
  eventually(async () => {
    const waiting = await database.ask('SELECT 1 FROM outbox WHERE published_at IS NULL');
    if (waiting.length > 0) throw new Error(`${waiting.length} events still wait`);
  });

describe('what is committed to the outbox', () => {
  it('reaches Kafka once, in order per key, with its headers', async () => {
    const topic = await testTopic();
    await startRelay('a');
    const ids = await commitEvents(topic.name, 40);
    await allPublished();

    const records = await topic.read();
    expect(records.map(({ headers }) => headers['event-id']).sort()).toEqual([...ids].sort());
    expect(new Set(records.map(({ headers }) => headers['event-type']))).toEqual(new Set(['test']));
    for (const key of new Set(records.map((record) => record.key))) {
      const order = records.filter((record) => record.key === key).map(({ value }) => Number(value.toString()));
      expect(order).toEqual([...order].sort((a, b) => a - b));
    }
  });

  it('is not skipped when a lower id commits after a higher one', async () => {
    const topic = await testTopic();
    await startRelay('a');
    await database.ask('BEGIN');
    const [late] = await commitEvents(topic.name, 1);
    await db.query(
      { deadlineAt: Date.now() + 5_000, signal: new AbortController().signal },
      {
        name: 'early',
        text: `INSERT INTO outbox (event_id, event_type, topic, message_key, payload, traceparent) VALUES ($1, 'test', $2, 'k', 'x', '')`,
      },
      [randomUUID(), topic.name],
    );
    await eventually(async () => expect(await topic.read()).toHaveLength(1));
    await database.ask('COMMIT');
    await allPublished();
    expect((await topic.read()).map(({ headers }) => headers['event-id'])).toContain(late);
  });

  it('is published by one relay of two, and by the other once the first is gone without a word', async () => {
    const topic = await testTopic();
    const published = { a: 0, b: 0 };
    const counting = (name: 'a' | 'b'): Partial<Ports> => ({
      publish: async (events: readonly WaitingEvent[]) => {
        published[name] += events.length;
        await publishTo(publisher)(events);
      },
    });
    const first = await startRelay('a', counting('a'));
    await commitEvents(topic.name, 5);
    await allPublished();
    await startRelay('b', counting('b'));
    await commitEvents(topic.name, 5);
    await allPublished();
    expect(published).toEqual({ a: 10, b: 0 });

    // As after kill -9: the first is gone, and its lease is not given up but runs out.
    await first.stop();
    await database.ask(
      `UPDATE relay_lease SET holder = 'a', expires_at = clock_timestamp() + interval '${LEASE_MS} milliseconds'`,
    );
    const [before] = await database.ask<{ term: string }>('SELECT term FROM relay_lease');
    await commitEvents(topic.name, 5);
    await allPublished();
    const [after] = await database.ask<{ term: string }>('SELECT term FROM relay_lease');
    expect(published).toEqual({ a: 10, b: 5 });
    expect(Number(after?.term)).toBeGreaterThan(Number(before?.term));
  });

  it('is published again when nobody knows whether Kafka has it', async () => {
    const topic = await testTopic();
    let failures = 3;
    await startRelay('a', {
      publish: async (events) => {
        await publishTo(publisher)(events);
        if (failures-- > 0) throw new Error('the reply was lost');
      },
    });
    const [eventId] = await commitEvents(topic.name, 1);
    await allPublished();
    const copies = await topic.read();
    expect(copies).toHaveLength(4);
    expect(new Set(copies.map(({ headers }) => headers['event-id']))).toEqual(new Set([eventId]));
  });
});

describe('a relay whose term is over', () => {
  it('marks nothing', async () => {
    const topic = await testTopic();
    const ctx = { deadlineAt: Date.now() + 5_000, signal: new AbortController().signal };
    const old = await takeLease(db, ctx, 'old', 1);
    await eventually(async () => expect(await takeLease(db, ctx, 'new', 60_000)).toBeDefined());
    await commitEvents(topic.name, 1);
    const waiting = await readWaiting(db, ctx, 10);
    expect(
      await markPublished(
        db,
        ctx,
        old as never,
        waiting.map(({ outboxId }) => outboxId),
      ),
    ).toBe(0);
    expect(await takeLease(db, ctx, 'old', 1_000)).toBeUndefined();
  });
});
