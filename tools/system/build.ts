/** Builds libraries and services; nothing is done when nothing has changed. */
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { type Exit, logTail, spawnChild, stopChild, within } from '../infrastructure/child.ts';
import type { Folder } from './folder.ts';

const BUILD_MS_MAX = 5 * 60_000;
const ERRORS_SHOWN_MAX = 20;

export class BuildFailed extends Error {
  readonly errors: readonly string[];

  constructor(message: string, errors: readonly string[]) {
    super(message);
    this.errors = errors;
  }
}

export async function build(checkout: string, folder: Folder): Promise<void> {
  const compiler = path.join(checkout, 'node_modules', '.bin', 'tsc');
  if (!existsSync(compiler)) throw new Error('the packages are not installed: run `npm ci` first');
  const logFile = folder.log('build');
  rmSync(logFile, { force: true });
  const child = await spawnChild({ name: 'build', command: compiler, args: ['-b'], cwd: checkout, logFile });
  const exit: Exit | undefined = await within(child.exited, BUILD_MS_MAX);
  if (exit === undefined) await stopChild(child, [{ signal: 'SIGTERM', waitMs: 2_000 }]);
  if (exit?.code === 0) return;
  const errors = logTail(logFile).filter((line) => line.includes('error'));
  throw new BuildFailed(`the build failed and says so above (log: ${logFile})`, errors.slice(0, ERRORS_SHOWN_MAX));
}
