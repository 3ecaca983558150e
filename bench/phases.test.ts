import { describe, expect, it } from '@jest/globals';
import { closedLoop, normalAfterS, openLoop, sumOf } from './phases.ts';
import type { Told, Traffic } from './traffic.ts';

const told = (dueAt: number, ms: number, more: Partial<Told> = {}): Told => ({
  kind: 'order',
  dueAt,
  ms,
  status: 201,
  reason: '',
  retryAfterMs: undefined,
  ...more,
});
const overloaded = { status: 503, reason: 'overloaded', retryAfterMs: 1_000 };

describe('a sum', () => {
  it('counts as shed only what says why and when to come again', () => {
    const all = [
      told(0, 10),
      told(0, 20),
      told(0, 2, overloaded),
      told(0, 2, { ...overloaded, retryAfterMs: undefined }),
      told(0, 2, { ...overloaded, reason: '' }),
      told(0, 500, { status: 504, reason: 'reply_lost' }),
      told(0, 500, { status: undefined }),
      told(0, 5, { kind: 'menu' }),
    ];
    expect(sumOf(all, 'order')).toEqual({
      asked: 7,
      done: 2,
      shed: 1,
      bare: 2,
      other: { '503 overloaded': 1, '503 ': 1, '504 reply_lost': 1, 'broken ': 1 },
      doneMs: { p50: 10, p99: 10, max: 20 },
      shedMs: { p50: 2, p99: 2, max: 2 },
    });
  });
});

describe('a load', () => {
  const answering = (more: Partial<Told>): Traffic => {
    const send: Traffic['send'] = (kind) => Promise.resolve(told(0, 1, { kind, ...more }));
    return { send } as Traffic;
  };

  it.each(['not_enough_money', 'stock_exhausted'])('that ends by %s is no measurement', async (reason) => {
    const traffic = answering({ status: 409, reason });
    await expect(closedLoop(traffic, 1, 0.01)).rejects.toThrow(reason);
    await expect(openLoop(traffic, { order: 100 }, 0.02)).rejects.toThrow(reason);
  });

  it('that was refused or lost replies is one', async () => {
    await expect(openLoop(answering(overloaded), { order: 100 }, 0.02)).resolves.toHaveLength(2);
  });
});

describe('normal again', () => {
  const before = sumOf([told(0, 10), told(0, 30), told(0, 30)], 'order');
  const seconds = (...ms: (number | 'shed')[]): Told[] =>
    ms.map((each, at) => (each === 'shed' ? told(at * 1_000, 1, overloaded) : told(at * 1_000, each)));

  it.each<[string, Told[], number]>([
    ['at once', seconds(10, 10, 10), 0],
    ['when the last slow second is over', seconds(10, 500, 20, 10, 10), 2],
    ['when the last refusal is over', seconds('shed', 10, 'shed', 10, 10, 10), 3],
    ['for good, whatever a second much later is like', seconds(500, 10, 10, 10, 500), 1],
    ['never, when it was not for three seconds on end', seconds(10, 10, 500, 10, 10), Number.POSITIVE_INFINITY],
    ['not while nothing is answered', [0, 2, 3, 4].map((second) => told(second * 1_000, 10)), 2],
  ])('%s', (_, all, expected) => {
    expect(normalAfterS(all, 0, before)).toBe(expected);
  });
});
