import { describe, expect, it } from '@jest/globals';
import type { Arrow, Floor, Process } from './floor.ts';
import { BOX_WIDTH, mapOf, WIDTH } from './layout.ts';

const process = (name: string, part: string): Process => ({ name, part, kind: 'service', state: 'ready', forMs: 0 });
const arrow = (from: string, to: string, kind: Arrow['kind'] = 'request'): Arrow => ({
  from,
  to,
  kind,
  perSecond: null,
  meanMs: null,
  refusedPerSecond: null,
  retriesPerSecond: null,
  breakers: [],
});
const floor: Floor = {
  sequence: 1,
  at: '2026-11-21T10:00:00.000Z',
  processes: [
    process('balancer', 'balancer'),
    process('gateway-1', 'gateway'),
    process('gateway-2', 'gateway'),
    process('storage-1', 'storage'),
    process('analytics-1', 'analytics'),
    process('kafka', 'kafka'),
    process('traces', 'traces'),
  ],
  arrows: [
    arrow('balancer', 'gateway'),
    arrow('gateway', 'storage'),
    arrow('gateway', 'analytics'),
    arrow('storage', 'kafka', 'event'),
    arrow('kafka', 'analytics', 'event'),
    arrow('gateway', 'nobody'),
  ],
  topics: [],
  outbox: { leader: null, term: null, waiting: null, oldestS: null },
};

describe('the map', () => {
  const { boxes, ways, height } = mapOf(floor);
  const at = (part: string): number => boxes.find((one) => one.part === part)?.x ?? Number.NaN;

  it('has callers to the left of what they call, and what nobody calls in the last column', () => {
    expect(boxes).toHaveLength(6);
    expect([at('balancer') < at('gateway'), at('gateway') < at('storage'), at('storage') < at('kafka')]).toEqual([
      true,
      true,
      true,
    ]);
    expect([at('analytics'), at('traces')]).toEqual([at('storage'), at('kafka')]);
  });

  it('has no two boxes over each other, and all of them inside', () => {
    for (const one of boxes) {
      expect(one.x + BOX_WIDTH).toBeLessThanOrEqual(WIDTH);
      expect(one.y + one.height).toBeLessThanOrEqual(height);
      const below = boxes.filter((other) => other.x === one.x && other.y > one.y);
      for (const other of below) expect(other.y).toBeGreaterThan(one.y + one.height);
    }
  });

  it('draws an arrow back from Kafka, and none to who is not there', () => {
    expect(ways).toHaveLength(5);
    expect(ways.every(({ path }) => !path.includes('NaN'))).toBe(true);
  });
});
