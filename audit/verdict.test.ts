import { describe, expect, it } from '@jest/globals';
import type { Question } from './question.ts';
import { tableOf } from './show.ts';
import { type AuditReport, reportOf } from './verdict.ts';

const question = (lookedAt: number, breachesTotal = 0): Question => ({
  looksAt: 'orders',
  lookedAt,
  breachesTotal,
  breaches: breachesTotal === 0 ? [] : [{ id: 'o-1', what: 'is gone' }],
});
const report = (...checks: readonly Question[][]): AuditReport =>
  reportOf(
    { startedAt: Date.parse('2026-12-01T10:14:59Z'), ms: 1_234 },
    checks.map((questions, index) => [`check ${'abc'[index]}`, questions]),
  );

describe('a verdict', () => {
  it.each<[string, Question[][], string, boolean]>([
    ['clean', [[question(2), question(0)], [question(3)]], 'audit: clean, 5 things looked at by 2 checks', true],
    ['one breach', [[question(2, 1)], [question(3)]], 'audit: 1 breach in 1 check a', false],
    [
      'several breaches',
      [[question(2, 1)], [question(3)], [question(1, 2)]],
      'audit: 3 breaches in 1 check a, 3 check c',
      false,
    ],
    ['nothing to look at is no pass', [[question(2)], [question(0)]], 'audit: nothing to look at for 2 check b', false],
    [
      'both',
      [[question(0)], [question(2, 1)]],
      'audit: 1 breach in 2 check b; nothing to look at for 1 check a',
      false,
    ],
    ['a breach of nothing looked at is a breach', [[question(0, 1)]], 'audit: 1 breach in 1 check a', false],
  ])('%s', (_, checks, verdict, clean) => {
    expect(report(...checks)).toMatchObject({ verdict, clean });
  });

  it('has the sums, each check with its questions, and when it began', () => {
    const questions = [question(2, 1), question(4, 2)];
    expect(report(questions, [question(3)], [question(0)])).toMatchObject({
      ...{ lookedAt: 9, breaches: 3, at: '2026-12-01T10:14:59.000Z', ms: 1_234, corrections: [] },
      checks: [
        { number: 1, name: 'check a', verdict: 'breach', lookedAt: 6, breaches: 3, questions },
        { number: 2, name: 'check b', verdict: 'clean', lookedAt: 3, breaches: 0 },
        { number: 3, name: 'check c', verdict: 'nothing to look at', lookedAt: 0, breaches: 0 },
      ],
    });
  });
});

describe('the table', () => {
  it('has a line per check, under it its questions and their breaches, and the verdict with the time', () => {
    const noted = { ...question(7), note: '1 in flight' };
    expect(tableOf(report([question(2, 3), noted], [question(3)]))).toEqual([
      'check                         looked at   breaches   verdict',
      '1 check a                             9          3   breach',
      '            2 orders',
      '              BREACH o-1: is gone',
      '              and 2 more',
      '            7 orders (1 in flight)',
      '2 check b                             3          0   clean',
      '            3 orders',
      '',
      'audit: 3 breaches in 1 check a (1.2 s)',
    ]);
  });

  it('says nothing of more breaches when it shows them all', () => {
    expect(tableOf(report([question(2, 1)])).join('\n')).not.toContain('more');
  });
});
