import { existsSync, globSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { root } from '../check/run.ts';
import { mutationParts, notMutated, SCORE_MIN } from './parts.ts';
import { isHighEnough, lineOf, scoreOf } from './score.ts';

const filesOf = (glob: string): string[] => globSync(glob, { cwd: root });

describe('each part', () => {
  it.each(
    mutationParts.flatMap(({ name, mutate, tests }) => [...mutate, ...tests].map((glob) => [name, glob] as const)),
  )('%s finds files by %s', (_, glob) => expect(filesOf(glob)).not.toEqual([]));

  it('leaves out only files that there are', () => {
    expect(Object.keys(notMutated).filter((file) => !existsSync(`${root}/${file}`))).toEqual([]);
  });

  it('has a test beside each source that it mutates', () => {
    const untested = mutationParts
      .flatMap(({ mutate }) => mutate.flatMap(filesOf))
      .filter((file) => !file.endsWith('.test.ts') && !(file in notMutated) && !(file in TESTED_BY_ANOTHER))
      .filter((file) => !existsSync(`${root}/${file.replace(/\.ts$/, '.test.ts')}`));
    expect(untested).toEqual([]);
  });
});

/** Sources whose tests have another name, because one test goes for several. */
const TESTED_BY_ANOTHER: Readonly<Record<string, string>> = {
  'audit/ledger-balances.ts': 'audit/sql-questions.test.ts',
  'audit/stock-is-conserved.ts': 'audit/sql-questions.test.ts',
  'audit/stored-at.ts': 'audit/facts.test.ts',
  'audit/show.ts': 'audit/verdict.test.ts',
};

describe('the score', () => {
  const report = (...statuses: string[]) => ({
    files: { a: { mutants: statuses.map((status) => ({ status })) }, b: { mutants: [{ status: 'Killed' }] } },
  });

  it('is the share of the mutants that were noticed, without those that are none', () => {
    const score = scoreOf(
      'audit',
      report('Timeout', 'Survived', 'NoCoverage', 'Ignored', 'CompileError', 'RuntimeError'),
    );
    expect(score).toEqual({ part: 'audit', killed: 2, mutants: 4 });
  });

  it.each([
    [SCORE_MIN, 100, true],
    [SCORE_MIN - 1, 100, false],
    [8999, 10_000, false],
    [0, 0, false],
  ])('of %d in %d is high enough: %s', (killed, mutants, enough) => {
    expect(isHighEnough({ part: 'audit', killed, mutants })).toBe(enough);
  });

  it('is said in one line, and never rounded up', () => {
    const scores = [
      { part: 'a', killed: 8999, mutants: 10_000 },
      { part: 'b', killed: 0, mutants: 0 },
    ];
    expect(lineOf(scores, 'here')).toBe(
      'mutation score: a 89.9 % (8999 of 10000), b no mutants; at least 90 % asked; reports: here',
    );
  });
});
