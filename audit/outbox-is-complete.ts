/** 7. One event per order, written with it; every published one is in Kafka's log with these bytes; nothing is there that was not written. */
import { setTimeout as sleep } from 'node:timers/promises';
import { differenceOf, type EventFact, type Facts } from './facts.ts';
import type { LogRecord } from './log.ts';
import { Finding, type Question } from './question.ts';
import { inSnapshot, type Snapshot, type SqlQuestion } from './snapshot.ts';

/** Longer than a relay takes to notice, or another one to take over from it. */
export const WAITING_MS_MAX = 10_000;
/** The relay publishes what waits in the order of the outbox, this many a turn (EVENTS_PER_TURN_MAX of storage). */
const EVENTS_PER_TURN = 256;

const ONE_ROW_PER_VERSION: SqlQuestion = {
  looksAt: 'orders, each with one row in the outbox per version',
  count: 'SELECT count(*) FROM orders',
  breaches: `SELECT o.order_id AS id, format('version %s, and %s rows in the outbox', o.version, coalesce(b.n, 0)) AS what
    FROM orders o LEFT JOIN (SELECT message_key, count(*) AS n FROM outbox GROUP BY message_key) b ON b.message_key = o.order_id::text
    WHERE o.version <> coalesce(b.n, 0)`,
};

export const outboxInStorage = async (snapshot: Snapshot): Promise<Question[]> => [
  await snapshot.ask(ONE_ROW_PER_VERSION),
];

export function eventsAgainstOrders({ events, orders }: Facts): Question {
  const finding = new Finding('events of the outbox, which must say what the order says');
  for (const { eventId, orderId, says } of events.values()) {
    const order = orders.get(orderId);
    if (!order) continue; // a leftover: check 3 names it
    finding.looked();
    if (!says) finding.breach(orderId, `event ${eventId} is no OrderPlaced`);
    else {
      const difference = says.eventId === eventId ? differenceOf(order, says) : `event_id is ${says.eventId}`;
      if (difference !== undefined) finding.breach(orderId, `event ${eventId} says: ${difference}`);
    }
  }
  return finding.question();
}

/** A reader of what is committed sees a record some milliseconds after its writer was told so: its marker comes last. */
const MARKED_MS_MAX = 2_000;

/** Reads the log, and again while published events are missing in it that may be about to be seen. */
export async function readUntilMarked(
  { events }: Pick<Facts, 'events'>,
  read: () => Promise<LogRecord[]>,
  markedMsMax: number = MARKED_MS_MAX,
): Promise<LogRecord[]> {
  const published = [...events.values()].filter((event) => event.published);
  const giveUpAt = performance.now() + markedMsMax;
  for (;;) {
    const askedAt = performance.now();
    const log = await read();
    const inLog = placesOf(log);
    if (published.every((event) => inLog.has(placeOf(event))) || askedAt >= giveUpAt) return log;
    await sleep(LOOK_EVERY_MS);
  }
}

const placeOf = ({ topic, eventId }: Pick<EventFact, 'topic' | 'eventId'>): string => `${topic} ${eventId}`;
const placesOf = (log: readonly LogRecord[]): Set<string> => new Set(log.map(placeOf));

export function eventsInLog({ events }: Pick<Facts, 'events'>, log: readonly LogRecord[]): Question {
  const finding = new Finding("events of the outbox, which must be in Kafka's log once they are published");
  const inLog = placesOf(log);
  let inFlight = 0;
  for (const { eventId, orderId, topic, published, ageMs, publishedBefore } of events.values()) {
    finding.looked();
    if (published && !inLog.has(placeOf({ topic, eventId })))
      finding.breach(eventId, `published, but not in Kafka's log (order ${orderId})`);
    if (published) continue;
    if (isStuck({ ageMs, publishedBefore })) finding.breach(eventId, stuckText({ orderId, ageMs, publishedBefore }));
    else inFlight++;
  }
  return finding.question(`${inFlight} in flight`);
}

/** In place of all that compares with the log, when Kafka did not give it. */
export function unreadLog({ events }: Pick<Facts, 'events'>, why: string): Question {
  const finding = new Finding("events of the outbox, and records of Kafka's log, which must match");
  finding.unanswered(why, events.size);
  return finding.question();
}

/**
 * A burst may keep the relay busy for any time, so an age alone says nothing. An event is stuck when it waits and not even one
 * whole turn of the events before it was published meanwhile: the relay stands still, crawls, or has passed it by.
 */
const isStuck = ({ ageMs, publishedBefore }: Pick<EventFact, 'ageMs' | 'publishedBefore'>): boolean =>
  ageMs > WAITING_MS_MAX && publishedBefore < EVENTS_PER_TURN;

function stuckText({
  orderId,
  ageMs,
  publishedBefore,
}: Pick<EventFact, 'orderId' | 'ageMs' | 'publishedBefore'>): string {
  const meanwhile = `of those before it ${publishedBefore} were published in the last ${WAITING_MS_MAX / 1_000} s`;
  return `waits too long: not published after ${(ageMs / 1_000).toFixed(1)} s; ${meanwhile} (order ${orderId})`;
}

/** Events that the snapshot does not know and a later look at the outbox may. */
export const unknownTo = ({ events }: Facts, log: readonly LogRecord[]): string[] => [
  ...new Set(log.map(({ eventId }) => eventId).filter((eventId) => !events.has(eventId))),
];

export type Row = Pick<EventFact, 'topic' | 'orderId' | 'contentSha256'>;

export function logAgainstRows(log: readonly LogRecord[], rowOf: (eventId: string) => Row | undefined): Question {
  const finding = new Finding("records of Kafka's log, each of which must be a row of the outbox with the same bytes");
  const seen = new Set<string>();
  for (const { topic, partition, offset, key, eventId, contentSha256 } of log) {
    finding.looked();
    seen.add(eventId);
    const at = `${topic}, partition ${partition}, offset ${offset}`;
    const row = rowOf(eventId);
    if (!row) finding.breach(eventId || at, `in Kafka's log at ${at}, with no row in the outbox`);
    else if (row.topic !== topic || row.orderId !== key)
      finding.breach(eventId, `at ${at} under key ${key}, its row says ${row.topic}, ${row.orderId}`);
    else if (row.contentSha256 !== contentSha256) finding.breach(eventId, `at ${at} has other bytes than its row`);
  }
  return finding.question(`${log.length - seen.size} delivered again`);
}

/** By first occurrence: an event that is delivered again may well come after its successor. */
export function versionsAscend(log: readonly LogRecord[]): Question {
  const finding = new Finding("orders in Kafka's log, whose versions must ascend along one partition");
  const seen = new Set<string>();
  const last = new Map<string, LogRecord>();
  for (const record of log) {
    const { key, eventId, version, partition } = record;
    if (version === undefined || seen.has(eventId)) continue; // no event of ours: named above
    seen.add(eventId);
    const before = last.get(key);
    if (!before) finding.looked();
    else if (before.partition !== partition)
      finding.breach(key, `in partition ${before.partition} and in ${partition}`);
    else if (version <= (before.version ?? 0)) finding.breach(key, `version ${version} comes after ${before.version}`);
    last.set(key, record);
  }
  return finding.question();
}

const LOOK_EVERY_MS = 200;

/**
 * Waits until what stands in the outbox now is published, or until then: with it a new system's first orders are looked
 * at in Kafka and in the projections too. Whether they got there is for the checks to say.
 */
export async function untilPublished(storageUrl: string, giveUpAt: number, look = inSnapshot): Promise<void> {
  let newest: string | null = null;
  for (;;) {
    const [waiting] = await look(storageUrl, (snapshot) =>
      snapshot.rows<{ newest: string | null; n: number }>(
        `SELECT max(outbox_id)::text AS newest, count(*)::int AS n FROM outbox
         WHERE published_at IS NULL AND ($1::bigint IS NULL OR outbox_id <= $1)`,
        [newest],
      ),
    );
    if (!waiting || waiting.n === 0 || performance.now() >= giveUpAt) return;
    newest ??= waiting.newest;
    await sleep(LOOK_EVERY_MS);
  }
}
