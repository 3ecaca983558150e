/**
 * npm test: all that proves the project on a fresh machine, half an hour on two cores. The bounds of its runners are for one that is busy
 * with other things too; together they stay below the ninety minutes that CI has.
 *
 *   npm test                                  everything
 *   npm test -- --only e2e                    one runner: check, unit, contract or e2e
 *   npm test -- --only unit libs/call         of it, the files whose path matches
 *   npm run test:single                       e2e with all services in one process, but for what needs several
 *
 * The last line is the sum over all runners, alone on its line: `N passed, N failed` (and `, N skipped` if there are
 * any). The exit code is 1 when anything failed, or when a runner had nothing to run.
 *
 * To add a test, write the file: jest.config.mjs says where each kind lies. To add a runner, add it to `runners`:
 * a name, and a function that gives its count.
 */
import './system/program.ts';
import { guardParts } from './check/parts.ts';
import { endRunning, execute, program, runParts } from './check/run.ts';
import { startedBy, whenParentEnds } from './install/parent.mjs';
import { command } from './system/command.ts';
import { type Count, runJest } from './test/jest.ts';
import { checkMachine } from './test/machine.ts';
import { leftOut, leftOutPatterns } from './test/one-process.ts';

interface Runner {
  readonly name: string;
  run(patterns: readonly string[]): Promise<Count>;
}

const MINUTE_MS = 60_000;

const runners: readonly Runner[] = [
  { name: 'check', run: runGuards },
  {
    name: 'unit',
    run: (patterns) => runJest({ project: 'unit', msMax: 5 * MINUTE_MS, args: ['--maxWorkers=2', ...patterns] }),
  },
  {
    name: 'contract',
    run: (patterns) => runJest({ project: 'contract', msMax: 5 * MINUTE_MS, args: ['--maxWorkers=2', ...patterns] }),
  },
  { name: 'e2e', run: runEndToEnd },
];

/** Each part counts as one test. */
async function runGuards(): Promise<Count> {
  const ended = await runParts(guardParts);
  const failed = ended.filter(({ ok }) => !ok).length;
  return { passed: ended.length - failed, failed, skipped: 0 };
}

/** What is started is what was built, so it is built first: 0.3 s when nothing changed. */
async function runEndToEnd(patterns: readonly string[]): Promise<Count> {
  const { ok, output } = await execute(program('tsc', '-b'));
  if (!ok) return { passed: 0, failed: 1, skipped: 0, problem: `the build failed\n${output}` };
  return runJest({ project: 'e2e', msMax: 45 * MINUTE_MS, args: ['--runInBand', '--verbose', ...patterns] });
}

async function runOnOneProcess(patterns: readonly string[]): Promise<Count> {
  for (const [name, why] of Object.entries(leftOut)) console.log(`left out: ${name} (${why})`);
  process.env.SEAMS_SHAPE = 'single'; // e2e/system.ts
  return runEndToEnd([...patterns, '--testPathIgnorePatterns', ...leftOutPatterns]);
}

interface Ended extends Count {
  readonly name: string;
  readonly seconds: number;
}

async function runOne({ name, run }: Runner, patterns: readonly string[]): Promise<Ended> {
  console.log(`\n── ${name}`);
  const startedAt = performance.now();
  const count = await run(patterns);
  return { name, seconds: (performance.now() - startedAt) / 1000, ...count };
}

function printTable(ended: readonly Ended[]): void {
  const row = (name: string, ...cells: string[]): string =>
    name.padEnd(10) + cells.map((cell) => cell.padStart(9)).join('');
  console.log(`\n${row('', 'passed', 'failed', 'skipped', 'seconds')}`);
  for (const { name, passed, failed, skipped, seconds, problem } of ended) {
    console.log(
      row(name, String(passed), String(failed), String(skipped), seconds.toFixed(1)) + (problem ? `   ${problem}` : ''),
    );
  }
  console.log('');
}

function chosenBy(argv: readonly string[]): { chosen: readonly Runner[]; patterns: readonly string[] } {
  if (argv[0] === '--single') return { chosen: [{ name: 'e2e/1', run: runOnOneProcess }], patterns: argv.slice(1) };
  const at = argv.indexOf('--only');
  if (at === -1 && argv.length > 0) throw new Error('patterns go with one runner: npm test -- --only unit libs/call');
  const chosen = at === -1 ? runners : runners.filter(({ name }) => name === argv[at + 1]);
  if (chosen.length === 0) throw new Error(`--only takes one of: ${runners.map(({ name }) => name).join(', ')}`);
  return { chosen, patterns: argv.filter((_, index) => index < at || index > at + 1) };
}

/** jest stops the stores that its set-up started, and a system stops when the test that started it is gone. */
function endWhenTold(then: (why: string) => void): void {
  const { outlivesTerminal, parent } = startedBy();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      if (signal !== 'SIGHUP' || !outlivesTerminal) then(signal);
    });
  if (parent) whenParentEnds(parent, () => then('the end of npm'));
}

async function main(): Promise<void> {
  const { chosen, patterns } = chosenBy(process.argv.slice(2));
  checkMachine(
    chosen.map(({ name }) => name),
    process.env.SEAMS_CACHE || undefined,
  );
  let stoppedBy: string | undefined;
  endWhenTold((why) => {
    stoppedBy ??= why;
    endRunning();
  });
  const ended: Ended[] = [];
  for (const runner of chosen) if (stoppedBy === undefined) ended.push(await runOne(runner, patterns));
  if (stoppedBy !== undefined) {
    console.error(`seams: npm test was stopped by ${stoppedBy}`);
    process.exitCode = 1;
    return;
  }
  printTable(ended);

  const sum = (of: (one: Ended) => number): number => ended.reduce((total, one) => total + of(one), 0);
  const [passed, failed, skipped] = [sum((one) => one.passed), sum((one) => one.failed), sum((one) => one.skipped)];
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}

await command(main);
