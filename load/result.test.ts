import { describe, expect, it } from '@jest/globals';
import { parseFaults } from './faults.ts';
import type { FiredFaults } from './fired.ts';
import type { Pursued } from './pursue.ts';
import { type Facts, resultOf } from './result.ts';
import { tableOf, verdictOf } from './show.ts';
import { Tally } from './tally.ts';

const pursued = (number: number, first: Pursued['first']): Pursued =>
  ({
    ...{ order: { number }, key: `k-${number}`, first, second: 'ok', end: 'ok', wasUnknown: first === 'unknown' },
    ...{ attempts: first === 'ok' ? 1 : 2, firstMs: 20, definiteMs: first === 'ok' ? 20 : 90 },
  }) as Pursued;

/** Ten orders: five of a baseline, then five with a lost reply on two of them. */
function loaded(fired: number | string, audit?: Facts['audit']) {
  const rules = parseFaults('lost-reply:40%@gateway-logic');
  const tally = new Tally(10);
  for (let number = 0; number < 10; number++)
    tally.sending(true, false, {
      drawn: number >= 5,
      hits: number >= 8 ? rules.map((rule) => ({ rule, edge: 'gateway-logic' })) : [],
    });
  const facts: Facts = {
    ...{ seed: 7, interrupted: false, customers: 4, without: [], journalFile: 'j', audit },
    ...{ replays: undefined, otherContent: undefined, rateAsked: 10, startedAt: 0, inFlightMax: 9 },
    ...{ tally, rules, faultsFrom: 5 },
    pursued: Array.from({ length: 10 }, (_, number) => pursued(number, number >= 8 ? 'unknown' : 'ok')),
    firedFaults: typeof fired === 'string' ? fired : ({ count: () => fired, silent: [] } as unknown as FiredFaults),
  };
  return resultOf(facts);
}

describe('the result of a load with faults', () => {
  it('is good when they fired, and shows both phases with their ratio', () => {
    const result = loaded(3);
    expect([result.ok, result.failures]).toEqual([true, []]);
    expect(result.struck).toEqual({ 'lost-reply at gateway-logic': 2 });
    expect(result.fired).toEqual([
      { fault: 'lost-reply:40%@gateway-logic', edge: 'gateway-logic', asked: 2, fired: 3 },
    ]);
    const table = tableOf(result, []).join('\n');
    expect(table).toMatch(/^fault +edge +requests +fired\nlost-reply:40%@gateway-logic +gateway-logic +2 +3$/m);
    expect(table).toMatch(/^without faults, then with them +baseline +with faults +ratio$/m);
    expect(table).toMatch(/^% definite at the first answer +100\.0 +60\.0 +0\.60x$/m);
    expect(table).toMatch(/^requests for each order +1\.00 +1\.40 +1\.40x$/m);
    expect(table).toMatch(/^ms to the definite answer, p99 +20 +90 +4\.50x$/m);
  });

  it('is not good when one never fired, though requests carried it', () => {
    const result = loaded(0);
    expect(result.ok).toBe(false);
    expect(verdictOf(result)).toMatch(
      /^load: not good: lost-reply:40%@gateway-logic never fired: 2 requests carried it/,
    );
    expect(tableOf(result, []).join('\n')).toMatch(/gateway-logic +2 +0 !$/m);
  });

  it.each([
    ['breach', 'the audit is not clean'],
    ['could not look', 'the audit could not look'],
  ] as const)('is not good after an audit whose check says "%s"', (verdict, failure) => {
    const check = { number: 1, name: 'no lost order', verdict, lookedAt: 1, breaches: 0, questions: [] };
    const [counts, when] = [
      { lookedAt: 1, breaches: 0 },
      { at: '', ms: 0 },
    ];
    const audit = { ...counts, ...when, verdict: `audit: ${verdict}`, clean: false, checks: [check], corrections: [] };
    expect(loaded(3, audit).failures).toEqual([failure]);
  });

  it('is not good when nobody could say whether they fired', () => {
    expect(loaded('nothing runs there').failures).toEqual(['which faults fired could not be read: nothing runs there']);
  });
});
