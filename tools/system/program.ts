/**
 * The first import of every program that a user starts. It takes out of the environment what client libraries would read there
 * (so it comes before them), and ends the program quietly when its reader goes, as in `npm run order | head -1`.
 */
import { cleanEnvironment } from '../infrastructure/inherited-environment.ts';

/** Why a program ends before its work is done, with the exit code of a shell: 128 and the signal's number. */
const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGPIPE: 141, SIGTERM: 143 } as const;
export type EndedBy = keyof typeof EXIT_CODES;

cleanEnvironment();

let undo: ((why: EndedBy) => Promise<void>) | undefined;
let ending = false;

/**
 * From now on a signal that ends the program, or a reader that goes, runs `restore` before the exit; a second signal exits at once.
 * @returns what calls that off
 */
export function restoreAtEnd(restore: (why: EndedBy) => Promise<void>): () => void {
  undo = restore;
  for (const signal of SIGNALS) process.on(signal, end);
  return () => {
    undo = undefined;
    for (const signal of SIGNALS) process.off(signal, end);
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
    () => process.exit(EXIT_CODES[why]),
    (error: unknown) => {
      console.error(`seams: ${error instanceof Error ? error.message : String(error)}`);
      process.exit(1);
    },
  );
}

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    end('SIGPIPE');
  });
}
