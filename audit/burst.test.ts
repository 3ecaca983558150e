/** A burst keeps the relay and analytics busy for any time: what they are about to do is no breach, what they passed by is. */
import { describe, expect, it } from '@jest/globals';
import { ADVANCE_MS_MAX, behindOf, newestOf, publishedAreCounted, truthOf } from './analytics-is-truth.ts';
import type { EventFact, Facts, OrderFact } from './facts.ts';
import type { LogRecord } from './log.ts';
import type { Projections } from './projections.ts';

const NAMES = ['a', 'b', 'c', 'd', 'x', 'y'];
const FACTS: Facts = {
  orders: new Map(
    NAMES.map((id) => [id, { orderId: id, cafeId: 'harbour', totalCents: '100', placedAtMs: '0' } as OrderFact]),
  ),
  orderByKey: new Map(),
  events: new Map(NAMES.map((id) => [id, { eventId: id, orderId: id, published: true } as EventFact])),
  answers: [],
};
const record = (eventId: string, partition: number, offset: number): LogRecord =>
  ({ topic: 't', partition, offset: String(offset), eventId }) as LogRecord;
/** Partition 0 holds a to d, of which b came twice, partition 1 holds x and y. */
const LOG = [
  ...['a', 'b', 'c', 'd'].map((eventId, offset) => record(eventId, 0, offset)),
  record('b', 0, 9),
  ...['x', 'y'].map((eventId, offset) => record(eventId, 1, offset)),
];
const NOW = 1_000_000;

/** Which are called behind, when those are in the inbox and those of them were seen to come into it, so long ago. */
const behind = (inbox: string, seen: Record<string, number>, log: readonly LogRecord[] = LOG): string =>
  [
    ...behindOf(
      FACTS,
      log,
      { inbox: new Map(inbox.split('').map((id) => [id, ''])) },
      { counted: new Map(Object.entries(seen).map(([id, msAgo]) => [id, NOW - msAgo])), now: NOW },
    ),
  ].join('');

describe('a published event that is not counted', () => {
  it.each([
    ['comes after what was just counted', 'ab', { b: 100 }, 'cd'],
    ['waits in a partition that stands still', 'ab', {}, ''],
    ['waits in a partition that stood still for too long', 'ab', { b: ADVANCE_MS_MAX + 1 }, ''],
    ['was passed by', 'ad', { d: 100 }, ''],
    ['was passed by, and others are not', 'ac', { c: 100 }, 'd'],
    ['waits in another partition than the one that advances', 'axy', { y: 100 }, ''],
    ['waits, whatever is delivered again', 'ab', { b: 100 }, 'cd'],
    ['is the first of its partition', 'abcd', { d: 100 }, ''],
  ])('%s', (_, inbox, seen, expected) => {
    expect(behind(inbox, seen as Record<string, number>)).toBe(expected);
  });

  it('waits its turn while analytics is busy with as many partitions as it takes at once', () => {
    // Partitions 0, 1 and 2 have one counted and one to come, partition 3 has one to come.
    const log = [0, 1, 2].flatMap((partition) => {
      const [counted, waiting] = [NAMES[partition * 2] as string, NAMES[partition * 2 + 1] as string];
      return [record(counted, partition, 0), record(waiting, partition, 1)];
    });
    const facts = { events: new Map([...FACTS.events, ['z', { eventId: 'z', published: true } as EventFact]]) };
    const ask = (seen: readonly string[]): string[] => {
      const counted = new Map(seen.map((id) => [id, NOW]));
      const inbox = new Map('acx'.split('').map((id) => [id, '']));
      return [...behindOf(facts, [...log, record('z', 3, 0)], { inbox }, { counted, now: NOW })].sort();
    };
    expect(ask(['a', 'c', 'x'])).toEqual(['b', 'd', 'y', 'z']);
    expect(ask(['a', 'c'])).toEqual(['b', 'd']);
  });

  it('and is not in the log either, is not behind', () => {
    expect(behind('ab', { b: 100 }, LOG.slice(0, 3))).toBe('c');
  });
});

describe('what analytics is about to count', () => {
  const counted: Projections = {
    inbox: new Map('abxy'.split('').map((id) => [id, ''])),
    totals: new Map(),
    minutes: new Map(),
  };

  it('is no breach, and its orders are not in the totals yet', () => {
    const late = new Set('cd'.split(''));
    expect(publishedAreCounted(FACTS, counted, 10_000, late)).toMatchObject({
      lookedAt: 4,
      breachesTotal: 0,
      note: '0 in flight, 2 published ones that analytics is about to count',
    });
    expect(truthOf(FACTS, new Map(), counted, late).totals.get('harbour')).toEqual({ orders: 4, cents: 400 });
  });

  it('and what it is not are told apart', () => {
    expect(publishedAreCounted(FACTS, counted, 10_000, new Set('d'.split('')))).toMatchObject({
      breaches: [{ id: 'c' }],
    });
    const { totals } = truthOf(FACTS, new Map(), counted, new Set('d'.split('')));
    expect(totals.get('harbour')).toEqual({ orders: 5, cents: 500 });
  });
});

it('the newest minute of a café is found among more minutes than a call takes arguments', () => {
  const minutes = new Map(
    Array.from({ length: 200_000 }, (_, n) => [
      `harbour ${new Date(n * 60_000).toISOString()}`,
      { orders: 1, cents: 1 },
    ]),
  );
  minutes.set('station 2040-01-01T00:00:00.000Z', { orders: 1, cents: 1 });
  expect(newestOf('harbour', minutes)).toBe(199_999 * 60_000);
});
