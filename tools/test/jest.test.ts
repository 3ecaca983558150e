import { describe, expect, it } from '@jest/globals';
import { countOf, type JestReport } from './jest.ts';

const report = (counts: Partial<JestReport>): JestReport => ({
  numPassedTests: 0,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  numRuntimeErrorTestSuites: 0,
  ...counts,
});

describe('the count of a jest run', () => {
  it.each([
    ['that passed', { report: report({ numPassedTests: 3 }), exit: 0 }, [3, 0, 0]],
    ['with a failure', { report: report({ numPassedTests: 2, numFailedTests: 1 }), exit: 1 }, [2, 1, 0]],
    [
      'with skipped tests',
      { report: report({ numPassedTests: 2, numPendingTests: 1, numTodoTests: 1 }), exit: 0 },
      [2, 0, 2],
    ],
    [
      'with a file that did not run',
      { report: report({ numPassedTests: 2, numRuntimeErrorTestSuites: 1 }), exit: 1 },
      [2, 1, 0],
    ],
    ['of nothing', { report: report({}), exit: 0 }, [0, 1, 0]],
    ['of skipped tests alone', { report: report({ numPendingTests: 4 }), exit: 0 }, [0, 1, 4]],
    ['that failed outside of any test', { report: report({ numPassedTests: 3 }), exit: 1 }, [3, 1, 0]],
    ['that did not end', { report: report({ numPassedTests: 3 }), exit: 'too long' as const }, [3, 1, 0]],
    ['whose set-up broke', { exit: 1 }, [0, 1, 0]],
    ['that died without a word', { exit: 0 }, [0, 1, 0]],
  ])('%s', (_, end, [passed, failed, skipped]) => {
    expect(countOf(end)).toMatchObject({ passed, failed, skipped });
  });
});
