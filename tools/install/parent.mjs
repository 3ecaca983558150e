/**
 * Who started us, and whether we outlive it. npm forwards SIGINT and SIGTERM to what it started and forwards nothing when it is
 * killed, so its end is looked for: the number of our parent changes then.
 */
import { fstatSync, readSync } from 'node:fs';
import path from 'node:path';
import { isatty } from 'node:tty';

const LOOK_MS = 500;

/** By hand (`node tools/start.ts &`) the parent is a shell, which may go: only npm's end is ours. */
export const isStartedByNpm = (env = process.env) => env.npm_lifecycle_event !== undefined;

/**
 * True under nohup. Node sets an ignored SIGHUP back to its default, so npm ends with its terminal even under nohup, and the signal
 * mask tells nothing. What nohup leaves: its name in the shell's `_`, or a standard input that nobody can read.
 */
export function outlivesTerminal(env = process.env, input = 0) {
  return path.basename(env._ ?? '') === 'nohup' || isUnreadable(input);
}

function isUnreadable(descriptor) {
  try {
    if (isatty(descriptor) || !fstatSync(descriptor).isCharacterDevice()) return false; // reading could wait, or take what is not ours
    readSync(descriptor, Buffer.alloc(1));
    return false;
  } catch (error) {
    return error.code === 'EBADF';
  }
}

/**
 * What tools/run.mjs tells the program by its environment. Programs pass their environment on, so it says for whom it is: this very
 * process, or a child of it (where the program runs on another Node).
 */
export function tellProgram(env = process.env) {
  const end = outlivesTerminal(env) ? 'nohup' : isStartedByNpm(env) ? String(process.ppid) : 'none';
  env.SEAMS_STARTED_BY = `${process.pid} ${end}`;
}

/** @returns what tools/run.mjs told this process: whether a hangup means nothing, and whose end is ours */
export function startedBy(env = process.env, { pid, ppid } = process) {
  const [told, end] = (env.SEAMS_STARTED_BY ?? '').split(' ');
  const [isForUs, isForChild] = [told === String(pid), told === String(ppid)];
  const outlives = (isForUs || isForChild) && end === 'nohup';
  const parent = isForUs && Number(end) > 0 ? Number(end) : isForChild && !outlives ? ppid : undefined;
  return { outlivesTerminal: outlives, parent };
}

/** Calls `then` once when our parent is no longer `parent`. @returns what ends the watch */
export function whenParentEnds(parent, then) {
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    then();
  }, LOOK_MS);
  timer.unref();
  return () => clearInterval(timer);
}
