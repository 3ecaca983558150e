/**
 * The first import of every program that a user starts. It takes out of the environment what client libraries would read there
 * (so it comes before them), and ends the program quietly when its reader goes, as in `npm run order | head -1`.
 */
import { cleanEnvironment } from '../infrastructure/inherited-environment.ts';

/** Why a program ends before its work is done, with the exit code of a shell: 128 and the signal's number. */
const EXIT_CODES = {
  SIGHUP: 129,
  SIGINT: 130,
  SIGPIPE: 141,
  SIGTERM: 143,
  'a failure': 1,
  'the end of its parent': 1,
} as const;
export type EndedBy = keyof typeof EXIT_CODES;

cleanEnvironment();

let undo: ((why: EndedBy) => Promise<void>) | undefined;
let ending = false;

/**
 * From now on a signal that ends the program, a reader that goes, or an error that nobody catches runs `restore` before the exit; a
 * second signal exits at once.
 * @returns what calls that off
 */
export function restoreAtEnd(restore: (why: EndedBy) => Promise<void>): () => void {
  undo = restore;
  for (const signal of SIGNALS) process.on(signal, end);
  process.on('uncaughtException', fail); // rejections too
  return () => {
    undo = undefined;
    for (const signal of SIGNALS) process.off(signal, end);
    process.off('uncaughtException', fail);
  };
}

/**
 * For a child that a program runs: its parent holds its standard input open, so that is closed however the parent ends. The
 * child then restores and exits.
 * @returns what calls that off
 */
export function endWithParent(): () => void {
  const parentEnded = (): void => end('the end of its parent');
  process.stdin.once('end', parentEnded).once('error', parentEnded).resume();
  return () => {
    process.stdin.off('end', parentEnded);
    process.stdin.destroy(); // it would hold us open
  };
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** One Ctrl-C may come twice: from the terminal, and handed on by npm. */
const SAME_PRESS_MS = 500;
let endingSince = 0;

function end(why: EndedBy): void {
  const again = ending && why !== 'SIGPIPE' && performance.now() - endingSince > SAME_PRESS_MS;
  if (again) process.exit(EXIT_CODES[why]);
  if (ending) return;
  ending = true;
  endingSince = performance.now();
  Promise.resolve(undo?.(why)).then(
    () => {
      if (cause !== undefined) report(cause);
      process.exit(EXIT_CODES[why]);
    },
    (error: unknown) => {
      if (cause !== undefined) report(cause);
      report(error);
      process.exit(1);
    },
  );
}

let cause: unknown;
const report = (error: unknown): void =>
  console.error(`seams: ${error instanceof Error ? error.message : String(error)}`);

/** An error after the end has begun is a result of it, and must not cut the restoring short. */
function fail(error: unknown): void {
  if (ending) return;
  cause = error;
  end('a failure');
}

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // EIO: the terminal was closed.
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
    end('SIGPIPE');
  });
}
