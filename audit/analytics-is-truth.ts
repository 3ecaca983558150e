/**
 * 8. The projections are what the orders say. Which orders? The inbox tells which events are counted, in the same
 * transaction as the totals, so the right totals are known at every moment, also while orders come in.
 */
import type { EventFact, Facts } from './facts.ts';
import type { LogRecord } from './log.ts';
import { minuteOf, type Projections, type Total } from './projections.ts';
import { Finding, type Question } from './question.ts';
import { NotAnswered, type Rest } from './rest.ts';

/** An order as far as analytics counts it. */
export interface Countable {
  readonly cafeId: string;
  readonly totalCents: string;
  readonly placedAtMs: string;
}

/** An event that the first snapshot did not know: it was written later. */
export interface LaterEvent extends Pick<EventFact, 'topic' | 'orderId' | 'contentSha256'> {
  readonly order: (Countable & { readonly orderId: string }) | undefined;
}

export function inboxAgainstEvents(
  { events }: Facts,
  later: ReadonlyMap<string, LaterEvent>,
  { inbox }: Projections,
): Question {
  const finding = new Finding('events in the inbox of analytics, which must be the published ones');
  for (const [eventId, sha256] of inbox) {
    finding.looked();
    const row = events.get(eventId) ?? later.get(eventId);
    if (!row) finding.breach(eventId, 'counted by analytics, with no row in the outbox');
    else if (row.contentSha256 !== sha256)
      finding.breach(eventId, 'counted by analytics with other bytes than its row');
  }
  return finding.question();
}

/** An analytics that stands still for longer is not only slow. */
export const ADVANCE_MS_MAX = 5_000;
/** So many partitions it works on at once; meanwhile the others wait (PARTITIONS_AT_ONCE of libs/messaging). */
const PARTITIONS_AT_ONCE = 3;

/**
 * Published events that analytics will come to. It works off a partition in order, so nothing after them is counted; and it
 * advances in their partition, or is busy with as many others as it takes at once. A burst may keep it so for any time.
 */
export function behindOf(
  { events }: Pick<Facts, 'events'>,
  log: readonly Pick<LogRecord, 'topic' | 'partition' | 'offset' | 'eventId'>[],
  { inbox }: Pick<Projections, 'inbox'>,
  { counted, now }: { readonly counted: ReadonlyMap<string, number>; readonly now: number },
): Set<string> {
  const places = new Map<string, { readonly partition: string; readonly offset: number }>();
  const lastCounted = new Map<string, number>();
  const advancing = new Set<string>();
  for (const { topic, partition: number, offset, eventId } of log) {
    if (places.has(eventId)) continue; // delivered again
    const partition = `${topic} ${number}`;
    places.set(eventId, { partition, offset: Number(offset) });
    if (inbox.has(eventId)) lastCounted.set(partition, Math.max(Number(offset), lastCounted.get(partition) ?? 0));
    if (now - (counted.get(eventId) ?? Number.NEGATIVE_INFINITY) <= ADVANCE_MS_MAX) advancing.add(partition);
  }
  const next = new Map<string, string>();
  for (const { eventId, published } of events.values()) {
    const place = places.get(eventId);
    if (!published || inbox.has(eventId) || !place) continue;
    if (place.offset > (lastCounted.get(place.partition) ?? -1)) next.set(eventId, place.partition);
  }
  const isFull = new Set([...next.values()].filter((partition) => advancing.has(partition))).size >= PARTITIONS_AT_ONCE;
  return new Set([...next].filter(([, partition]) => isFull || advancing.has(partition)).map(([eventId]) => eventId));
}

/** Published events that are not counted. Without Kafka's log nobody knows whether analytics will come to them. */
export const uncounted = ({ events }: Pick<Facts, 'events'>, { inbox }: Pick<Projections, 'inbox'>): Set<string> =>
  new Set(
    [...events.values()].flatMap(({ eventId, published }) => (published && !inbox.has(eventId) ? [eventId] : [])),
  );

export function unknownProgress(uncountedEvents: ReadonlySet<string>, why: string): Question {
  const finding = new Finding('published events that analytics has not counted, which it must come to');
  if (uncountedEvents.size > 0) finding.unanswered(why, uncountedEvents.size);
  return finding.question();
}

const NONE: ReadonlySet<string> = new Set();

export function publishedAreCounted(
  { events }: Facts,
  { inbox }: Projections,
  waitMs: number,
  behind: ReadonlySet<string> = NONE,
): Question {
  const finding = new Finding('published events, which analytics must have counted');
  let inFlight = 0;
  for (const { eventId, orderId, published } of events.values()) {
    if (!published && !inbox.has(eventId)) {
      inFlight++;
      continue;
    }
    if (behind.has(eventId)) continue;
    finding.looked();
    if (!inbox.has(eventId))
      finding.breach(eventId, `published, and not counted by analytics after ${waitMs / 1_000} s (order ${orderId})`);
  }
  const waiting = behind.size === 0 ? '' : `, ${behind.size} published ones that analytics is about to count`;
  return finding.question(`${inFlight} in flight${waiting}`);
}

/** Orders and cents by café, and by café and minute, as Postgres has them. */
export function truthOf(
  facts: Facts,
  later: ReadonlyMap<string, LaterEvent>,
  { inbox }: Projections,
  behind: ReadonlySet<string> = NONE,
): Truth {
  // In flight: written, not yet counted, and not late either. All else counts, also an order whose event is missing.
  const inFlight = new Set<string>();
  for (const { eventId, orderId, published } of facts.events.values()) {
    if ((!published && !inbox.has(eventId)) || behind.has(eventId)) inFlight.add(orderId);
  }
  const counted = [...facts.orders.values()].filter(({ orderId }) => !inFlight.has(orderId));
  const since = [...later].flatMap(([eventId, { order }]) =>
    order && inbox.has(eventId) && !facts.orders.has(order.orderId) ? [order] : [],
  );
  const truth = { totals: new Map<string, Total>(), minutes: new Map<string, Total>() };
  for (const order of [...counted, ...since]) {
    add(truth.totals, order.cafeId, order);
    add(truth.minutes, minuteOf(order.cafeId, Number(order.placedAtMs)), order);
  }
  return truth;
}

interface Truth {
  readonly totals: ReadonlyMap<string, Total>;
  readonly minutes: ReadonlyMap<string, Total>;
}

function add(totals: Map<string, Total>, name: string, { totalCents }: Countable): void {
  const total = totals.get(name) ?? { orders: 0, cents: 0 };
  total.orders++;
  total.cents += Number(totalCents);
  totals.set(name, total);
}

export function totalsAgainstTruth(truth: Truth, projections: Projections): Question[] {
  return [
    compared("cafés' totals", truth.totals, projections.totals),
    compared("cafés' minutes", truth.minutes, projections.minutes),
  ];
}

const ZERO: Total = { orders: 0, cents: 0 };
const words = ({ orders, cents }: Total): string => `${orders} orders, ${cents} cents`;

function compared(what: string, truth: ReadonlyMap<string, Total>, told: ReadonlyMap<string, Total>): Question {
  const finding = new Finding(`${what}, recomputed from the orders`);
  for (const name of new Set([...truth.keys(), ...told.keys()])) {
    finding.looked();
    const [right, said] = [truth.get(name) ?? ZERO, told.get(name) ?? ZERO];
    if (right.orders !== said.orders || right.cents !== said.cents)
      finding.breach(name, `analytics says ${words(said)}; the orders say ${words(right)}`);
  }
  return finding.question();
}

export interface Report {
  readonly cafeId: string;
  readonly ordersTotal: number;
  readonly revenueTotalCents: number;
  readonly minutes: readonly { readonly minute: string; readonly orders: number; readonly revenueCents: number }[];
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** One report a café, or why there is none, over the day that ends with its newest minute: a report holds no more. */
export async function readReports({ minutes, totals }: Projections, rest: Rest): Promise<Reports> {
  const reports = new Map<string, Report | string | NotAnswered>();
  for (const cafeId of totals.keys()) {
    const newest = newestOf(cafeId, minutes);
    const [from, to] = [newest + MINUTE_MS - DAY_MS, newest + MINUTE_MS].map((ms) => new Date(ms).toISOString());
    try {
      const { status, text } = await rest.get(`/v1/analytics/cafes/${cafeId}?from=${from}&to=${to}`);
      reports.set(cafeId, status === 200 ? (JSON.parse(text) as Report) : String(status));
    } catch (error) {
      if (!(error instanceof NotAnswered)) throw error;
      // The other cafés' reports would not be answered either, and each would take as long.
      for (const unasked of totals.keys()) if (!reports.has(unasked)) reports.set(unasked, error);
      break;
    }
  }
  return reports;
}

/** By café: its report, the status that was answered instead, or that nothing was. */
type Reports = ReadonlyMap<string, Report | string | NotAnswered>;

/** A loop: Math.max() takes no more arguments than some months have minutes. */
export function newestOf(cafeId: string, minutes: Projections['minutes']): number {
  let newest = 0;
  for (const name of minutes.keys()) {
    if (name.startsWith(`${cafeId} `)) newest = Math.max(newest, timeOf(name));
  }
  return newest;
}

const timeOf = (minute: string): number => Date.parse(minute.slice(minute.lastIndexOf(' ') + 1));

/**
 * Totals grow, or shrink by a correction, so a report read between two looks at the tables lies between them: exact when
 * nothing comes in.
 */
export function reportsAgainstTables(reports: Reports, before: Projections, after: Projections): Question {
  const finding = new Finding("figures of the cafés' reports over REST, which must be those of the tables");
  const between = (name: string, said: Total, [low, high]: readonly [Total | undefined, Total | undefined]): void => {
    finding.looked();
    const [from, to] = [low ?? ZERO, high ?? ZERO];
    const right = (value: number, one: number, other: number): boolean =>
      value >= Math.min(one, other) && value <= Math.max(one, other);
    if (!right(said.orders, from.orders, to.orders) || !right(said.cents, from.cents, to.cents))
      finding.breach(
        name,
        `the report says ${words(said)}; the tables said ${words(from)} before and ${words(to)} after`,
      );
  };
  for (const [cafeId, report] of reports) {
    if (report instanceof NotAnswered) {
      finding.unanswered(report.message);
      continue;
    }
    if (typeof report === 'string') {
      finding.breach(cafeId, `the report answered ${report}`);
      continue;
    }
    const total = { orders: report.ordersTotal, cents: report.revenueTotalCents };
    between(cafeId, total, [before.totals.get(cafeId), after.totals.get(cafeId)]);
    for (const { minute, orders, revenueCents } of report.minutes) {
      const name = minuteOf(cafeId, Date.parse(minute));
      between(name, { orders, cents: revenueCents }, [before.minutes.get(name), after.minutes.get(name)]);
    }
  }
  return finding.question('of the last day of each café: a report holds no more');
}
