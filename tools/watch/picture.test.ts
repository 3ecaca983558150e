import { describe, expect, it } from '@jest/globals';
import type { Arrow, Floor, Process } from '../infrastructure/watcher/floor.ts';
import { coloured, lineOf, pictureOf, plain } from './picture.ts';

const one = (name: string, part: string, more: Partial<Process> = {}): Process => ({
  name,
  part,
  kind: 'service',
  state: 'ready',
  forMs: 4_000,
  ...more,
});
const arrow = (from: string, to: string, more: Partial<Arrow> = {}): Arrow => ({
  from,
  to,
  kind: 'request',
  perSecond: 12.4,
  meanMs: 3.14,
  refusedPerSecond: 0,
  retriesPerSecond: 0,
  breakers: [{ of: `${from}-1`, state: 'closed' }],
  ...more,
});
const floor: Floor = {
  sequence: 7,
  at: '2026-11-21T09:30:15.250Z',
  processes: [
    one('load-balancer', 'load-balancer'),
    one('gateway-1', 'gateway'),
    one('gateway-2', 'gateway', { state: 'gone', why: 'nobody listens at its port' }),
    one('storage-1', 'storage'),
    one('kafka', 'kafka'),
    one('analytics-1', 'analytics'),
    one('traces', 'traces'),
  ],
  arrows: [
    arrow('load-balancer', 'gateway', { refusedPerSecond: 2 }),
    arrow('gateway', 'storage', { retriesPerSecond: 0.5, breakers: [{ of: 'gateway-1', state: 'open' }] }),
    arrow('gateway', 'analytics', { perSecond: 0, meanMs: null }),
    arrow('storage', 'kafka', { perSecond: null, meanMs: null }),
    arrow('kafka', 'analytics', { perSecond: 9.96, meanMs: null }),
  ],
  topics: [],
  outbox: { leader: 'storage-1', term: 3, waiting: 2, oldestS: 1.2 },
};

describe('the map as text', () => {
  it('is a tree along the arrows, each part with its processes once', () => {
    expect(pictureOf(floor, plain)).toEqual([
      '09:30:15 UTC  gateway-2 is gone; 6 of 7 are ready',
      '',
      'load-balancer                              ● load-balancer',
      '└▶ gateway                  12/s   3.1 ms  ● gateway-1  ✕ gateway-2 gone for 4 s (nobody listens at its port)  2.0/s refused',
      '   ├▶ storage               12/s   3.1 ms  ● storage-1  0.5/s retried, breaker of gateway-1 open',
      '   │  └▶ kafka                             ● kafka',
      '   │     └▶ analytics     10.0/s           ● analytics-1',
      '   └▶ analytics (above)    0.0/s',
      'traces                                     ● traces',
      '',
      'outbox  storage-1 leads the relay in term 3; 2 events wait for Kafka, the oldest for 1 s',
    ]);
  });

  it('says in words all that its colours say', () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes are control characters
    const bare = pictureOf(floor, coloured).map((line) => line.replace(/\u001b\[\d+m/g, ''));
    expect(bare).toEqual(pictureOf(floor, plain));
  });

  it('is one line in a pipe, with the arrows on which something goes', () => {
    expect(lineOf(floor)).toBe(
      '2026-11-21T09:30:15.250Z gateway-2 is gone; 6 of 7 are ready | load-balancer→gateway 12/s 3.1 ms 2.0/s refused' +
        ' | gateway→storage 12/s 3.1 ms 0.5/s retried, breaker of gateway-1 open | kafka→analytics 10.0/s' +
        ' | outbox storage-1 leads the relay in term 3; 2 events wait for Kafka, the oldest for 1 s',
    );
  });

  it('says that nobody leads, and that nobody knows', () => {
    const nobody = { ...floor, outbox: { leader: null, term: null, waiting: null, oldestS: null } };
    expect(pictureOf(nobody, plain).at(-1)).toBe('outbox  nobody leads the relay; nobody says what waits');
  });
});
