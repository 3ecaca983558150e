/**
 * Child processes of the tools: spawned in a session of their own, logging to a file, stopped within a bound.
 * Everything that is started here is in `liveChildren` until it has ended, so a runner can record and end all of it.
 */
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { childEnvironment } from './inherited-environment.ts';
import { freezeTree, killTree, thawTree } from './tree.ts';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Child {
  readonly name: string;
  readonly pid: number;
  readonly exited: Promise<Exit>;
  /** SIGKILL, SIGSTOP and SIGCONT mean it and all that it started. False when it has ended already. */
  signal(signal: NodeJS.Signals): boolean;
}

/** A started process with its own way to stop; `stop` resolves when it has ended. */
export interface Running {
  readonly pid: number;
  readonly exited: Promise<Exit>;
  stop(): Promise<void>;
}

export interface Spawn {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly logFile: string;
  /** All of its environment; childEnvironment() when left out. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
}

export interface StopStep {
  readonly signal: NodeJS.Signals;
  readonly waitMs: number;
}

const LOG_BYTES_MAX = 20 * 1024 * 1024;
const LOG_TAIL_BYTES = 16 * 1024;

export const liveChildren = new Set<Child>();
let onChange: () => void = () => {};
let mayStart = true;

/** Called after each start and end, while `liveChildren` is already true. One listener: the runner's record. */
export function watchChildren(listener: () => void): void {
  onChange = listener;
}

/** From here on nothing new starts: whoever is just between two steps of a start must not add a process behind our back. */
export function startNoMore(): void {
  mayStart = false;
}

/**
 * Detached: a session of its own, so that Ctrl-C in a terminal reaches the runner alone, which then stops the parts
 * in order. The log is a file handle of the child, so it goes on logging if the runner is killed.
 */
export async function spawnChild(what: Spawn): Promise<Child> {
  if (!mayStart) throw new Error(`${what.name} is not started: everything is being stopped`);
  mkdirSync(path.dirname(what.logFile), { recursive: true });
  setAsideWhenLarge(what.logFile);
  const log = openSync(what.logFile, 'a');
  try {
    const child = spawn(what.command, what.args, {
      detached: true,
      stdio: ['ignore', log, log],
      env: what.env ?? childEnvironment(),
      ...(what.cwd === undefined ? {} : { cwd: what.cwd }),
    });
    const exited = new Promise<Exit>((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (error) => reject(new Error(`${what.command} does not start: ${error.message}`)));
    });
    const pid = child.pid as number;
    const started: Child = {
      name: what.name,
      pid,
      exited,
      signal: (signal) => child.exitCode === null && child.signalCode === null && send(pid, signal),
    };
    liveChildren.add(started);
    onChange();
    void exited.then(() => {
      liveChildren.delete(started);
      onChange();
    });
    return started;
  } finally {
    closeSync(log);
  }
}

/**
 * What a process cannot hear itself is done to all that it started (initdb's server, Maven's Java, Postgres' backends);
 * of anything else it tells its own.
 */
function send(pid: number, signal: NodeJS.Signals): boolean {
  if (signal === 'SIGKILL') return killTree(pid);
  if (signal === 'SIGSTOP') return freezeTree(pid);
  if (signal === 'SIGCONT') return thawTree(pid);
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false; // it has just ended
    throw error;
  }
}

/** Sends each signal in turn until the process has ended. SIGCONT goes with it: a frozen process hears nothing else. */
export async function stopChild(child: Child, steps: readonly StopStep[]): Promise<void> {
  for (const { signal, waitMs } of [...steps, { signal: 'SIGKILL', waitMs: 5_000 } as const]) {
    child.signal(signal);
    child.signal('SIGCONT');
    if (await within(child.exited, waitMs)) return;
  }
  throw new Error(`${child.name} (pid ${child.pid}) does not end, not even by SIGKILL`);
}

/** Runs a program to its end; its output is in the log file. */
export async function runToEnd(what: Spawn, atMostMs: number): Promise<void> {
  const child = await spawnChild(what);
  const exit = await within(child.exited, atMostMs);
  if (exit === undefined) {
    await stopChild(child, [{ signal: 'SIGTERM', waitMs: 2_000 }]);
    throw new Error(`${what.name} took longer than ${atMostMs / 1_000} s and was stopped; its log is ${what.logFile}`);
  }
  if (exit.code !== 0)
    throw new Error(`${what.name} ${exitText(exit)}: ${lastLine(what.logFile)} (log: ${what.logFile})`);
}

export const exitText = ({ code, signal }: Exit): string =>
  signal === null ? `ended with code ${code}` : `was ended by ${signal}`;

/** The value, or undefined when it has not come in time. */
export async function within<T>(promise: Promise<T>, atMostMs: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), atMostMs);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** The end of a log, at most 16 KiB of it, as lines without colours. */
export function logTail(file: string): string[] {
  const handle = openSync(file, 'r');
  try {
    const { size } = statSync(file);
    const bytes = Buffer.alloc(Math.min(size, LOG_TAIL_BYTES));
    readSync(handle, bytes, 0, bytes.length, size - bytes.length);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes are control characters
    const text = bytes.toString('utf8').replace(/\u001b\[[0-9;]*m/g, '');
    return text
      .split('\n')
      .map((line) => line.trimEnd())
      .filter((line) => line !== '');
  } finally {
    closeSync(handle);
  }
}

export const lastLine = (file: string): string => (logTail(file).at(-1) ?? 'it said nothing').slice(0, 400);

/** One older log is kept: a process that logs a lot over weeks must not fill the disk. */
function setAsideWhenLarge(file: string): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LOG_BYTES_MAX) renameSync(file, `${file}.1`);
}
