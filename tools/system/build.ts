/** Builds libraries, services and the console; nothing is done when nothing has changed. */
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { type Exit, logTail, type Spawn, spawnChild, stopChild, within } from '../infrastructure/child.ts';

const BUILD_MS_MAX = 5 * 60_000;
const ERRORS_SHOWN_MAX = 20;

export class BuildFailed extends Error {
  readonly errors: readonly string[];

  constructor(message: string, errors: readonly string[]) {
    super(message);
    this.errors = errors;
  }
}

async function compile(checkout: string, logFile: string): Promise<void> {
  const compiler = path.join(checkout, 'node_modules', '.bin', 'tsc');
  if (!existsSync(compiler)) throw new Error('the packages are not installed: run `npm ci` first');
  await run({ name: 'build', command: compiler, args: ['-b'], cwd: checkout, logFile });
}

/** @param logOf the file for what a build of this name says */
export async function build(checkout: string, logOf: (name: string) => string): Promise<void> {
  await Promise.all([
    compile(checkout, logOf('build')),
    run({
      name: 'console build',
      command: process.execPath,
      args: [path.join(checkout, 'console/build.ts')],
      logFile: logOf('build-console'),
    }),
  ]);
}

async function run(what: Spawn): Promise<void> {
  rmSync(what.logFile, { force: true });
  const child = await spawnChild(what);
  const exit: Exit | undefined = await within(child.exited, BUILD_MS_MAX);
  if (exit === undefined) await stopChild(child, [{ signal: 'SIGTERM', waitMs: 2_000 }]);
  if (exit?.code === 0) return;
  const errors = logTail(what.logFile).filter((line) => /error/i.test(line));
  throw new BuildFailed(
    `the ${what.name} failed and says so above (log: ${what.logFile})`,
    errors.slice(0, ERRORS_SHOWN_MAX),
  );
}
