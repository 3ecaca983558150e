import { describe, expect, it } from '@jest/globals';
import { judge, type Pair, type Place } from './difference.ts';

const NONE = { onlyLive: [], onlyRebuilt: [], otherContent: [] };
const COMMITTED = new Map([[0, 10n]]);
const pair = (before: [number, number], after: [number, number]): Pair<{ cafeId: string; minuteMs: number }> => ({
  cafeId: 'harbour',
  minuteMs: 0,
  liveOrders: before[0],
  liveCents: before[1],
  rebuiltOrders: after[0],
  rebuiltCents: after[1],
});
const at = (offset: bigint): Place => ({ cafeId: 'harbour', minuteMs: 0, cents: 100, partition: 0, offset });

describe('numbers that are replaced', () => {
  it.each<[string, Parameters<typeof judge>, boolean]>([
    [
      'by the same ones',
      [{ difference: NONE, totals: [pair([1, 5], [1, 5])], minutes: [] }, new Map(), COMMITTED],
      true,
    ],
    ['of nothing', [{ difference: NONE, totals: [], minutes: [] }, new Map(), new Map()], true],
    [
      'by ones with an event that was not come to',
      [
        {
          difference: { ...NONE, onlyRebuilt: ['a'] },
          totals: [pair([1, 5], [2, 105])],
          minutes: [pair([1, 5], [2, 105])],
        },
        new Map([['a', at(10n)]]),
        COMMITTED,
      ],
      true,
    ],
    [
      'by ones with an event that was missed',
      [
        { difference: { ...NONE, onlyRebuilt: ['a'] }, totals: [pair([1, 5], [2, 105])], minutes: [] },
        new Map([['a', at(9n)]]),
        COMMITTED,
      ],
      false,
    ],
    [
      'by ones with an event that was in the inbox when it was read, and is not any more',
      [{ difference: { ...NONE, onlyRebuilt: ['a'] }, totals: [], minutes: [] }, new Map(), COMMITTED],
      false,
    ],
    [
      'by ones without an order',
      [{ difference: NONE, totals: [pair([2, 5], [1, 5])], minutes: [] }, new Map(), COMMITTED],
      false,
    ],
    [
      'by others of a minute',
      [{ difference: NONE, totals: [], minutes: [pair([2, 5], [1, 5])] }, new Map(), COMMITTED],
      false,
    ],
    [
      'that held an event which is not in the log',
      [{ difference: { ...NONE, onlyLive: ['a'] }, totals: [], minutes: [] }, new Map(), COMMITTED],
      false,
    ],
    [
      'that held other content',
      [{ difference: { ...NONE, otherContent: ['a'] }, totals: [], minutes: [] }, new Map(), COMMITTED],
      false,
    ],
    [
      'that were wrong beside an event that was not come to',
      [
        { difference: { ...NONE, onlyRebuilt: ['a'] }, totals: [pair([2, 105], [2, 105])], minutes: [] },
        new Map([['a', at(10n)]]),
        COMMITTED,
      ],
      false,
    ],
  ])('%s', (_, found, wereRight) => {
    expect(judge(...found).wereRight).toBe(wereRight);
  });
});
