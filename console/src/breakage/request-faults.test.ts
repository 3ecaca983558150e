import { describe, expect, it } from '@jest/globals';
import { PATTERNS as KNOWN, parseFaultPlan } from '@seams/call';
import { ACTIONS, PATTERNS, PLACES, planOf, sentenceOf } from './request-faults.ts';

const wishes = PLACES.flatMap(({ operation }) =>
  ACTIONS.flatMap((action) => [true, false].map((once) => ({ operation, action, delayMs: 800, once }))),
);

describe('what can go wrong with one order', () => {
  it.each(wishes.map((wish) => [planOf(wish), wish] as const))(
    '%s is a plan that is understood, and said in words',
    (plan, wish) => {
      expect(parseFaultPlan(plan).strike(wish.operation)?.kind).toBe(wish.action);
      expect(sentenceOf(wish)).toMatch(/^[A-Z].*\.$/);
    },
  );

  it('names every pattern that a request can do without', () => {
    expect([...PATTERNS]).toEqual([...KNOWN]);
  });
});
