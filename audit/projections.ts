/** What analytics has counted, at one moment: the inbox and the totals change together, so they are read together. */
import { setTimeout as sleep } from 'node:timers/promises';
import { inSnapshot, type Snapshot } from './snapshot.ts';

export interface Total {
  orders: number;
  cents: number;
}

export interface Projections {
  /** SHA-256 of the counted content by event id. */
  readonly inbox: ReadonlyMap<string, string>;
  /** By café, and by café and minute (`minuteOf`). */
  readonly totals: ReadonlyMap<string, Total>;
  readonly minutes: ReadonlyMap<string, Total>;
}

const INBOX = `SELECT event_id AS "eventId", encode(content_sha256, 'hex') AS sha256 FROM inbox`;
const TOTALS = 'SELECT cafe_id AS "cafeId", orders::float8 AS orders, revenue_cents::float8 AS cents FROM cafe_totals';
const MINUTES = `SELECT cafe_id AS "cafeId", (extract(epoch FROM minute) * 1000)::float8 AS ms, orders::float8 AS orders, revenue_cents::float8 AS cents
  FROM cafe_minutes`;

/** All of one generation: a rebuild of the projections exchanges them together, in this order. */
const TABLES = ['cafe_totals', 'inbox', 'cafe_minutes'];

const MINUTE_MS = 60_000;

export const minuteOf = (cafeId: string, ms: number): string =>
  `${cafeId} ${new Date(Math.floor(ms / MINUTE_MS) * MINUTE_MS).toISOString()}`;

export const readProjections = (url: string, look = inSnapshot): Promise<Projections> => look(url, readAll, TABLES);

async function readAll(snapshot: Snapshot): Promise<Projections> {
  const inbox = new Map<string, string>();
  await snapshot.each<{ eventId: string; sha256: string }>(INBOX, ({ eventId, sha256 }) => inbox.set(eventId, sha256));
  const totals = await snapshot.rows<Total & { cafeId: string }>(TOTALS);
  const minutes = await snapshot.rows<Total & { cafeId: string; ms: number }>(MINUTES);
  return {
    inbox,
    totals: new Map(totals.map(({ cafeId, orders, cents }) => [cafeId, { orders, cents }])),
    minutes: new Map(minutes.map(({ cafeId, ms, orders, cents }) => [minuteOf(cafeId, ms), { orders, cents }])),
  };
}

const POLL_MS = 200;

/**
 * Waits until analytics has counted these events, or until then. Gives the performance.now() at which those were seen to be counted
 * that were not at first: whether analytics advances is for check 8 to say.
 */
export async function untilCounted(
  url: string,
  eventIds: readonly string[],
  giveUpAt: number,
  look = inSnapshot,
): Promise<ReadonlyMap<string, number>> {
  const counted = new Map<string, number>();
  let missing = eventIds;
  for (let looks = 1; ; looks++) {
    const before = missing;
    missing = await look(url, async (snapshot) => {
      const rows = await snapshot.rows<{ id: string }>(
        'SELECT id FROM unnest($1::uuid[]) AS id WHERE NOT EXISTS (SELECT 1 FROM inbox WHERE event_id = id)',
        [missing],
      );
      return rows.map(({ id }) => id);
    });
    const now = performance.now();
    const left = new Set(missing);
    if (looks > 1) for (const eventId of before) if (!left.has(eventId)) counted.set(eventId, now);
    if (missing.length === 0 || now >= giveUpAt) return counted;
    await sleep(POLL_MS);
  }
}
