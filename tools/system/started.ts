/** `npm start` as tests and benchmarks run it: the same command, followed until it is ready, ended by Ctrl-C. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { askStatus, type Running, runningSystem } from './running.ts';

export interface Runner {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly exited: Promise<number | null>;
  /** What it said so far. */
  output(): string;
}

export interface Start {
  readonly offset: number;
  readonly dataDir: string;
  readonly single: boolean;
  readonly fresh?: boolean;
  /** By the command itself; else by the program that it runs, which spares a start of npm. */
  readonly npm?: boolean;
  /** Beside our own environment. */
  readonly env?: Readonly<Record<string, string>>;
}

const checkout = path.resolve(import.meta.dirname, '../..');
export const STOP_MS_MAX = 60_000;
const POLL_MS = 50;

export function spawnRunner({ offset, dataDir, single, fresh = false, npm = false, env = {} }: Start): Runner {
  const args = ['--offset', String(offset), '--data', dataDir];
  if (fresh) args.push('--fresh');
  if (single) args.push('--single');
  const command = npm ? ['npm', '--silent', 'start', '--'] : [process.execPath, path.join(checkout, 'tools/start.ts')];
  const child = spawn(command[0] as string, [...command.slice(1), ...args], {
    cwd: checkout,
    stdio: ['pipe', 'pipe', 'pipe'],
    // When we die, our end of the pipe closes and the runner stops by itself.
    // `_` would say that we run under nohup, when our own start did.
    env: { ...process.env, _: undefined, SEAMS_STOP_WITH_STDIN: '1', ...env },
  });
  const parts: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => parts.push(part));
  return {
    child,
    exited: new Promise((resolve) => child.once('exit', resolve)),
    output: () => Buffer.concat(parts).toString('utf8'),
  };
}

/** @throws Error with what the runner said when it does not get ready */
export async function untilStarted(runner: Runner, dataDir: string, atMostMs: number): Promise<Running> {
  const giveUpAt = performance.now() + atMostMs;
  for (;;) {
    const ended = await Promise.race([runner.exited.then(() => true), sleep(POLL_MS, false)]);
    if (ended) throw new Error(`npm start ended before it was ready:\n${runner.output()}`);
    const status = await askStatus(dataDir).catch(() => undefined); // its socket is not there yet
    if (status?.readyAt) return runningSystem(dataDir);
    if (performance.now() < giveUpAt) continue;
    await stopRunner(runner);
    throw new Error(`npm start is not ready after ${atMostMs / 1_000} s:\n${runner.output()}`);
  }
}

/** Ctrl-C. @throws Error when it did not end cleanly */
export async function stopRunner(runner: Runner): Promise<void> {
  runner.child.kill('SIGINT');
  const code = await Promise.race([runner.exited, sleep(STOP_MS_MAX, 'late' as const, { ref: false })]);
  if (code === 'late') runner.child.kill('SIGKILL');
  if (code !== 0) throw new Error(`npm start ended with ${code} when it was stopped:\n${runner.output()}`);
}
