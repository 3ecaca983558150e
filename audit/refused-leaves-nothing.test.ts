import { describe, expect, it } from '@jest/globals';
import type { Facts, OrderFact } from './facts.ts';
import type { Journal } from './journal.ts';
import { refusedInJournal } from './refused-leaves-nothing.ts';

const HOUR_MS = 3_600_000;
const stored = { orderId: 'o-1', storedAtMs: 100 * HOUR_MS } as OrderFact;
const facts = { orderByKey: new Map([['ada k', stored]]) } as unknown as Facts;
const nothing = (customerId: string, key: string, outcome: string, at = 100 * HOUR_MS): Journal['nothing'][number] =>
  ({ at, customerId, key, outcome }) as Journal['nothing'][number];
const journal = (...lines: Journal['nothing'][number][]): Journal => ({ ok: [], nothing: lines, unknown: 0, lines: 1 });

describe('a key that a journal calls refused or not done', () => {
  const LOOKS_AT = "keys that the client's journal calls refused or not done";

  it.each([
    ['another key', 'ada', 'l'],
    ['another customer', 'ben', 'k'],
  ])('has no order: one of %s is none', (_, customerId, key) => {
    expect(refusedInJournal(facts, journal(nothing(customerId, key, 'refused')))).toEqual({
      looksAt: LOOKS_AT,
      ...{ lookedAt: 1, breachesTotal: 0, breaches: [] },
    });
  });

  it.each(['refused', 'not_done'])('with an order is a breach (%s)', (outcome) => {
    const question = refusedInJournal(facts, journal(nothing('ben', 'k', 'refused'), nothing('ada', 'k', outcome)));
    const what = `the client was told "${outcome}" under key k, and this order exists`;
    expect(question).toMatchObject({ lookedAt: 2, breaches: [{ id: 'o-1', what }] });
  });

  it.each([
    [22, 1],
    [23, 0],
  ])('and used %d hours after the order: breaches %d, because a key is kept for a day', (hours, breaches) => {
    const line = nothing('ada', 'k', 'refused', (100 + hours) * HOUR_MS);
    expect(refusedInJournal(facts, journal(line)).breachesTotal).toBe(breaches);
  });

  it('is not judged without a journal', () => {
    expect(refusedInJournal(facts, undefined)).toEqual({
      looksAt: LOOKS_AT,
      ...{ lookedAt: 0, breachesTotal: 0, breaches: [], note: 'not given: --journal FILE' },
    });
  });
});
