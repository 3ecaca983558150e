/** Runs one jest project and counts what it says, for people and for the sum at the end. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { binOf, environment, root, track } from '../check/run.ts';

export interface Count {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Why a failure was added that no test stands for. */
  readonly problem?: string;
}

export interface JestRun {
  readonly project: string;
  readonly msMax: number;
  readonly args?: readonly string[];
}

/** As much of jest's --json as is counted. */
export interface JestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly numRuntimeErrorTestSuites: number;
}

/** How jest ended: its report if it wrote one, and its exit. */
export interface JestEnd {
  readonly report?: JestReport;
  readonly exit: number | 'too long';
}

export const jestCommand = (...args: readonly string[]): string[] => [
  process.execPath,
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  binOf('jest'),
  ...args,
];

export async function runJest({ project, msMax, args = [] }: JestRun): Promise<Count> {
  const folder = mkdtempSync(join(tmpdir(), 'seams-jest-'));
  try {
    const file = join(folder, 'report.json');
    const exit = await inherited(
      jestCommand('--selectProjects', project, '--json', `--outputFile=${file}`, ...args),
      msMax,
    );
    return countOf(
      existsSync(file) ? { exit, report: JSON.parse(readFileSync(file, 'utf8')) as JestReport } : { exit },
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * A suite that could not run, a run of nothing, and a run that failed for another reason (a set-up, a bound on
 * coverage) each count as one failure: silence is not success.
 */
export function countOf({ report, exit }: JestEnd): Count {
  if (report === undefined) return { passed: 0, failed: 1, skipped: 0, problem: `jest gave no report (exit ${exit})` };
  const broken = report.numRuntimeErrorTestSuites;
  const count = {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken,
    skipped: report.numPendingTests + report.numTodoTests,
  };
  if (exit === 'too long')
    return { ...count, failed: count.failed + 1, problem: 'jest did not end in time and was stopped' };
  if (count.passed + count.failed === 0) return { ...count, failed: 1, problem: 'no test ran' };
  if (exit !== 0 && count.failed === 0) return { ...count, failed: 1, problem: `jest ended with exit code ${exit}` };
  return broken > 0 ? { ...count, problem: `${broken} test files did not run` } : count;
}

/** What jest needs after SIGTERM to stop the stores that its set-up started. */
const STOP_MS_MAX = 30_000;

/** Shown as it comes: jest's progress goes to stderr, its JSON to the file. */
function inherited([executable = '', ...args]: readonly string[], msMax: number): Promise<number | 'too long'> {
  return new Promise((resolve, reject) => {
    const child = spawn(executable, args, { cwd: root, env: environment(), stdio: ['ignore', 'inherit', 'inherit'] });
    track(child);
    let late = false;
    const timers = [
      setTimeout(() => {
        late = true;
        child.kill('SIGTERM');
      }, msMax),
      setTimeout(() => child.kill('SIGKILL'), msMax + STOP_MS_MAX),
    ];
    child.once('error', reject);
    child.once('exit', (code) => {
      for (const timer of timers) clearTimeout(timer);
      resolve(late ? 'too long' : (code ?? 1));
    });
  });
}
