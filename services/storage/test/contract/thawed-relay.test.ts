import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, testBrokers, testTopic } from '@seams/testkit';
import { Kafka, logLevel } from 'kafkajs';
import { takeLease } from '../../src/outbox/outbox-store.ts';
import type { Ports } from '../../src/outbox/relay-outbox.ts';
import { RelayTrial } from './relay-trial.ts';

let trial: RelayTrial;
beforeAll(async () => {
  trial = await RelayTrial.begin();
});
afterEach(() => trial.clear());
afterAll(() => trial?.end());

type Moment = 'comes in' | 'sends' | 'marks';

/** A relay's way to Kafka that stands still before one moment of its first term, as after SIGSTOP: it renews nothing. */
function freezing(moment: Moment) {
  const reached = Promise.withResolvers<void>();
  const thaw = Promise.withResolvers<void>();
  const late = Promise.withResolvers<string>();
  const kafka = trial.openKafka();
  let frozen: number | undefined;
  const stand = async (here: Moment, term: number): Promise<void> => {
    if (here !== moment || (frozen ??= term) !== term) return;
    reached.resolve();
    await thaw.promise;
  };
  const changes: Partial<Ports> = {
    acquireFence: async (lease) => {
      await stand('comes in', lease.term);
      return kafka.acquireFence(lease);
    },
    publish: async (lease, events) => {
      await stand('sends', lease.term);
      const outcome = kafka.publish(lease, events);
      if (lease.term === frozen) late.resolve(outcome.then(() => 'published', String));
      await outcome;
      await stand('marks', lease.term);
    },
  };
  return { changes, reached: reached.promise, thaw: thaw.resolve, late: late.promise };
}

describe('a relay that freezes, and thaws after another took over', () => {
  it('before it sends: is refused by the broker, and its successor published everything, once', async () => {
    const topic = await testTopic(1);
    const { changes, reached, thaw, late } = freezing('sends');
    const ids = await trial.commitEvents(topic.name, 3);
    const frozen = await trial.startRelay('frozen', changes);
    await reached;
    const term = await trial.termNow();
    await trial.startRelay('successor');
    await trial.allPublished();
    thaw();
    expect(await late).toMatch(/old epoch/);
    await eventually(async () => expect(frozen.seen.leads).toBe(false));
    const records = await topic.read(ids.length);
    expect(records.map(({ headers }) => headers['event-id'])).toEqual(ids);
    expect(new Set(records.map(({ headers }) => headers['relay-term']))).toEqual(new Set([String(term + 1)]));
  });

  it('before it comes in: shuts its successor out, sends nothing, and the successor comes in again', async () => {
    const topic = await testTopic(1);
    const { changes, reached, thaw } = freezing('comes in');
    const ids = await trial.commitEvents(topic.name, 3);
    const frozen = await trial.startRelay('frozen', changes);
    await reached;
    const term = await trial.termNow();
    // It is not to lose the lease to the frozen one by a pause of this process, in which both run.
    const successor = await trial.startRelay('successor', {
      takeLease: (ctx) => takeLease(trial.db, ctx, 'successor', 60_000),
    });
    await trial.allPublished();
    thaw();
    await eventually(async () => expect(frozen.seen.leads).toBe(false));
    const more = await trial.commitEvents(topic.name, 3);
    await trial.allPublished();
    const records = await topic.read(ids.length + more.length);
    expect(records.map(({ headers }) => headers['event-id'])).toEqual([...ids, ...more]);
    expect(new Set(records.map(({ headers }) => headers['relay-term']))).toEqual(new Set([String(term + 1)]));
    expect(successor.seen).toMatchObject({ leads: true, term: term + 1 });
  });

  it('before it marks: marks nothing, and what it published comes a second time', async () => {
    const topic = await testTopic(1);
    const { changes, reached, thaw } = freezing('marks');
    const ids = await trial.commitEvents(topic.name, 3);
    const frozen = await trial.startRelay('frozen', changes);
    await reached;
    const term = await trial.termNow();
    await trial.startRelay('successor');
    await trial.allPublished();
    thaw();
    await eventually(async () => expect(frozen.seen).toMatchObject({ published: 3 }));
    const records = await topic.read(2 * ids.length);
    expect(records.map(({ headers }) => headers['event-id'])).toEqual([...ids, ...ids]);
    const terms = records.map(({ headers }) => Number(headers['relay-term']));
    expect(terms).toEqual([term, term, term, term + 1, term + 1, term + 1]);
  });
});

describe('a batch that was never committed', () => {
  it('is in no reader’s way and in no reader’s sight once the next relay came in', async () => {
    const topic = await testTopic(1);
    const kafka = new Kafka({ clientId: 'test', brokers: testBrokers(), logLevel: logLevel.NOTHING });
    // As kill -9 leaves it: sent, and its end never told.
    const dead = kafka.producer({ idempotent: true, maxInFlightRequests: 1, transactionalId: trial.transactionalId });
    await dead.connect();
    const transaction = await dead.transaction();
    await transaction.send({ topic: topic.name, messages: [{ key: 'k', value: 'nobody may see this' }] });
    await trial.startRelay('next');
    const ids = await trial.commitEvents(topic.name, 2);
    await trial.allPublished();
    expect((await topic.read(ids.length)).map(({ headers }) => headers['event-id'])).toEqual(ids);

    const again = await dead.transaction().catch(String);
    expect(again).toMatch(/ongoing transaction/);
    await expect(transaction.commit()).rejects.toThrow(/old epoch/);
    const last = kafka.producer({ idempotent: true, maxInFlightRequests: 1, transactionalId: trial.transactionalId });
    await last.connect();
    const aborted = await last.transaction();
    await aborted.send({ topic: topic.name, messages: [{ key: 'k', value: 'nor this, with nothing behind it' }] });
    await aborted.abort();
    await eventually(async () => expect(await topic.read()).toHaveLength(2));
    await Promise.all([dead.disconnect(), last.disconnect()]);
  });
});
