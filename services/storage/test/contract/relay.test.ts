import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, testTopic } from '@seams/testkit';
import { markPublished, readLag, readWaiting, takeLease } from '../../src/outbox/outbox-store.ts';
import type { Ports } from '../../src/outbox/relay-outbox.ts';
import { LEASE_MS, RelayTrial } from './relay-trial.ts';

let trial: RelayTrial;
beforeAll(async () => {
  trial = await RelayTrial.begin();
});
afterEach(() => trial.clear());
afterAll(() => trial?.end());

describe('what is committed to the outbox', () => {
  it('reaches Kafka once, in order per key, with its headers', async () => {
    const topic = await testTopic();
    await trial.startRelay('a');
    const ids = await trial.commitEvents(topic.name, 40);
    await trial.allPublished();

    const records = await topic.read(ids.length);
    expect(records.map(({ headers }) => headers['event-id']).sort()).toEqual([...ids].sort());
    expect(new Set(records.map(({ headers }) => headers['event-type']))).toEqual(new Set(['test']));
    for (const key of new Set(records.map((record) => record.key))) {
      const order = records.filter((record) => record.key === key).map(({ value }) => Number(value.toString()));
      expect(order).toEqual([...order].sort((a, b) => a - b));
    }
  });

  it('is not skipped when a lower id commits after a higher one', async () => {
    const topic = await testTopic();
    await trial.startRelay('a');
    await trial.database.ask('BEGIN');
    const [late] = await trial.commitEvents(topic.name, 1);
    await trial.db.query(
      { deadlineAt: Date.now() + 5_000, signal: new AbortController().signal },
      {
        name: 'early',
        text: `INSERT INTO outbox (event_id, event_type, topic, message_key, payload, traceparent) VALUES ($1, 'test', $2, 'k', 'x', '')`,
      },
      [randomUUID(), topic.name],
    );
    await eventually(async () => expect(await topic.read()).toHaveLength(1));
    await trial.database.ask('COMMIT');
    await trial.allPublished();
    expect((await topic.read(2)).map(({ headers }) => headers['event-id'])).toContain(late);
  });

  it('is published by one relay of two, and by the other once the first is gone without a word', async () => {
    const topic = await testTopic();
    const published = { a: 0, b: 0 };
    const counting = (name: 'a' | 'b'): Partial<Ports> => {
      const kafka = trial.openKafka();
      return {
        ...kafka,
        // It outlasts any pause of this process: only who gives it up, or is gone, loses it.
        takeLease: (ctx) => takeLease(trial.db, ctx, name, 60_000),
        publish: async (lease, events) => {
          published[name] += events.length;
          await kafka.publish(lease, events);
        },
      };
    };
    const first = await trial.startRelay('a', counting('a'));
    await trial.commitEvents(topic.name, 5);
    await trial.allPublished();
    await trial.startRelay('b', counting('b'));
    await trial.commitEvents(topic.name, 5);
    await trial.allPublished();
    expect(published).toEqual({ a: 10, b: 0 });

    // As after kill -9: the first is gone, and its lease is not given up (it is no longer in its name) but runs out.
    await trial.database.ask(`UPDATE relay_lease SET holder = 'killed', expires_at = 'infinity'`);
    await first.stop();
    const [before] = await trial.database.ask<{ term: string }>(
      `UPDATE relay_lease SET expires_at = clock_timestamp() + interval '${LEASE_MS} milliseconds' RETURNING term`,
    );
    await trial.commitEvents(topic.name, 5);
    await trial.allPublished();
    const [after] = await trial.database.ask<{ term: string }>('SELECT term FROM relay_lease');
    expect(published).toEqual({ a: 10, b: 5 });
    expect(Number(after?.term)).toBeGreaterThan(Number(before?.term));
  });

  it('is published again when nobody knows whether Kafka has it', async () => {
    const topic = await testTopic();
    let failures = 3;
    const kafka = trial.openKafka();
    await trial.startRelay('a', {
      ...kafka,
      publish: async (lease, events) => {
        await kafka.publish(lease, events);
        if (failures-- > 0) throw new Error('the reply was lost');
      },
    });
    const [eventId] = await trial.commitEvents(topic.name, 1);
    await trial.allPublished();
    const copies = await topic.read(4);
    expect(copies).toHaveLength(4);
    expect(new Set(copies.map(({ headers }) => headers['event-id']))).toEqual(new Set([eventId]));
  });
});

describe('how far Kafka is behind', () => {
  it('is how many events wait, and for how long the next one has', async () => {
    const ctx = { deadlineAt: Date.now() + 5_000, signal: new AbortController().signal };
    expect(await readLag(trial.db, ctx)).toEqual({ waiting: 0, oldestSeconds: 0 });
    await trial.commitEvents('nobody-publishes-this', 3);
    await trial.database.ask(`UPDATE outbox SET created_at = clock_timestamp() - interval '70 seconds'`);
    const lag = await readLag(trial.db, ctx);
    expect(lag.waiting).toBe(3);
    expect(lag.oldestSeconds).toBeGreaterThanOrEqual(70);
  });
});

describe('a relay whose term is over', () => {
  it('marks nothing', async () => {
    const topic = await testTopic();
    const ctx = { deadlineAt: Date.now() + 5_000, signal: new AbortController().signal };
    const old = await takeLease(trial.db, ctx, 'old', 1);
    await eventually(async () => expect(await takeLease(trial.db, ctx, 'new', 60_000)).toBeDefined());
    await trial.commitEvents(topic.name, 1);
    const waiting = await readWaiting(trial.db, ctx, 10);
    expect(
      await markPublished(
        trial.db,
        ctx,
        old as never,
        waiting.map(({ outboxId }) => outboxId),
      ),
    ).toBe(0);
    expect(await takeLease(trial.db, ctx, 'old', 1_000)).toBeUndefined();
  });
});
