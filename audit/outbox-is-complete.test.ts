import { describe, expect, it } from '@jest/globals';
import type { EventFact } from './facts.ts';
import type { LogRecord } from './log.ts';
import { eventsInLog, readUntilMarked, unreadLog, untilPublished } from './outbox-is-complete.ts';
import type { inSnapshot } from './snapshot.ts';

const TOPIC = 'seams.orders.v1';
const fact = (eventId: string, published: boolean): EventFact => ({
  eventId,
  orderId: `order of ${eventId}`,
  topic: TOPIC,
  contentSha256: '',
  published,
  ageMs: 0,
  publishedBefore: 0,
  says: undefined,
});
const record = (eventId: string): LogRecord => ({
  topic: TOPIC,
  partition: 0,
  offset: '0',
  key: '',
  eventId,
  contentSha256: '',
  version: 1,
});
const FACTS = { events: new Map([fact('sent', true), fact('waiting', false)].map((one) => [one.eventId, one])) };

/** A log that shows one more record set at each reading. */
function logOf(...readings: LogRecord[][]): { read: () => Promise<LogRecord[]>; count: () => number } {
  let count = 0;
  return {
    read: async () => readings[Math.min(count++, readings.length - 1)] as LogRecord[],
    count: () => count,
  };
}

describe('a published event that the log does not show yet', () => {
  it('is no breach when its marker comes a moment later', async () => {
    const log = logOf([], [record('sent')]);
    const seen = await readUntilMarked(FACTS, log.read);
    expect(eventsInLog(FACTS, seen)).toMatchObject({ breaches: [] });
    expect(log.count()).toBe(2);
  });

  it('is one when it never comes, and the reading ends', async () => {
    const log = logOf([]);
    const seen = await readUntilMarked(FACTS, log.read, 300);
    expect(eventsInLog(FACTS, seen).breaches).toMatchObject([{ id: 'sent' }]);
    expect(log.count()).toBeGreaterThan(1);
  });

  it('is not waited for when nothing is missing: what is unpublished need not be there', async () => {
    const log = logOf([record('sent')]);
    await readUntilMarked(FACTS, log.read);
    expect(log.count()).toBe(1);
  });
});

describe('an event that waits in the outbox', () => {
  const waiting = (ageMs: number, publishedBefore: number) =>
    eventsInLog({ events: new Map([['e', { ...fact('e', false), ageMs, publishedBefore }]]) }, []);

  it.each([
    ['is on its way', 10_000, 0],
    ['is behind a burst that the relay works off', 600_000, 256],
  ])('%s: %d ms old, %d published before it', (_, ageMs, publishedBefore) => {
    expect(waiting(ageMs, publishedBefore)).toMatchObject({ breachesTotal: 0, note: '1 in flight' });
  });

  it.each([
    ['of a relay that stands still', 10_001, 0],
    ['of a relay that crawls, or passed it by', 10_001, 255],
  ])('is stuck %s: %d ms old, %d published before it', (_, ageMs, publishedBefore) => {
    const what = `waits too long: not published after 10.0 s; of those before it ${publishedBefore} were published in the last 10 s (order order of e)`;
    expect(waiting(ageMs, publishedBefore)).toMatchObject({ breaches: [{ id: 'e', what }], note: '0 in flight' });
  });
});

describe('a log that Kafka did not give', () => {
  it('leaves all that compares with it without an answer', () => {
    expect(unreadLog(FACTS, 'no broker')).toMatchObject({
      lookedAt: 0,
      breachesTotal: 0,
      unanswered: { things: 2, why: 'no broker' },
    });
  });
});

describe('the events of the outbox', () => {
  it('are in the log once they are published, each in its own topic', () => {
    const events = new Map(
      [fact('sent', true), { ...fact('elsewhere', true), topic: 't' }, fact('lost', true), fact('waiting', false)].map(
        (one) => [one.eventId, one],
      ),
    );
    const what = (eventId: string): string => `published, but not in Kafka's log (order order of ${eventId})`;
    expect(eventsInLog({ events }, [record('sent'), record('elsewhere')])).toEqual({
      looksAt: "events of the outbox, which must be in Kafka's log once they are published",
      ...{ lookedAt: 4, breachesTotal: 2, note: '1 in flight' },
      breaches: ['elsewhere', 'lost'].map((id) => ({ id, what: what(id) })),
    });
  });

  it('are read again while one of several is missing', async () => {
    const events = new Map([fact('sent', true), fact('late', true)].map((one) => [one.eventId, one]));
    const log = logOf([record('sent')], [record('sent'), record('late')]);
    await readUntilMarked({ events }, log.read);
    expect(log.count()).toBe(2);
  });
});

describe('waiting until the outbox is empty', () => {
  /** What waits at each look: the newest id, and how many. */
  function outbox(...looks: (readonly [newest: string | null, n: number])[]) {
    const asked: unknown[] = [];
    const snapshot = {
      rows: async (_sql: string, values: unknown) => {
        asked.push(values);
        const [newest, n] = looks[Math.min(asked.length, looks.length) - 1] as [string | null, number];
        return [{ newest, n }];
      },
    };
    const look = ((url: string, work: (of: typeof snapshot) => unknown) => {
      expect(url).toBe('postgres://storage');
      return work(snapshot);
    }) as unknown as typeof inSnapshot;
    return { asked, wait: (giveUpAt: number) => untilPublished('postgres://storage', giveUpAt, look) };
  }

  it('ends at once when nothing waits', async () => {
    const { asked, wait } = outbox([null, 0]);
    await wait(Number.POSITIVE_INFINITY);
    expect(asked).toEqual([[null]]);
  });

  it('is for what stood there at first: what comes meanwhile is not waited for', async () => {
    const { asked, wait } = outbox(['7', 3], ['6', 1], [null, 0]);
    await wait(Number.POSITIVE_INFINITY);
    expect(asked).toEqual([[null], ['7'], ['7']]);
  });

  it('ends at its time, after one look at least', async () => {
    const { asked, wait } = outbox(['7', 3]);
    await wait(0);
    expect(asked).toEqual([[null]]);
  });
});
