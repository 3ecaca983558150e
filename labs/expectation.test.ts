import { describe, expect, it } from '@jest/globals';
import { atLeast, atMost, missingOf, outcomeOf, outcomeOfAll } from './expectation.ts';

const MISSING = '3 of 300 traces';

describe('an expectation that is counted in traces', () => {
  it.each([
    ['at most', atMost, true, undefined, 'held'],
    ['at most', atMost, false, undefined, 'broken'],
    ['at most', atMost, true, MISSING, 'not_seen'],
    // What is missing can only make it more, so too much is too much.
    ['at most', atMost, false, MISSING, 'broken'],
    ['at least', atLeast, true, undefined, 'held'],
    ['at least', atLeast, false, undefined, 'broken'],
    ['at least', atLeast, true, MISSING, 'held'],
    ['at least', atLeast, false, MISSING, 'not_seen'],
  ] as const)('%s: seen %p, with %p missing, is %s', (_, expectation, held, missing, outcome) => {
    expect(outcomeOf(expectation('so much', held, missing))).toBe(outcome);
  });

  it('makes a lab broken before it makes it not seen, and held only with all others', () => {
    const [held, broken] = [true, false].map((is) => ({ sentence: 's', held: is }));
    const notSeen = { sentence: 's', held: true, notSeen: MISSING };
    expect(outcomeOfAll([held, notSeen, broken].filter((one) => one !== undefined))).toBe('broken');
    expect(outcomeOfAll([held, notSeen].filter((one) => one !== undefined))).toBe('not_seen');
    expect(outcomeOfAll([held].filter((one) => one !== undefined))).toBe('held');
  });

  it('names each missing part once', () => {
    expect(missingOf(undefined, 'a', 'b', 'a')).toBe('a; b');
    expect(missingOf(undefined)).toBeUndefined();
  });
});
