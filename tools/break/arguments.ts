/** The command line of `npm run break`. A mistake in it is one line. */

import { parseArgs } from 'node:util';
import { lineOf } from '../system/command.ts';

export const COMMANDS = ['kill', 'freeze', 'thaw', 'restart', 'add', 'remove', 'heal', 'list'] as const;
export type Command = (typeof COMMANDS)[number];

export interface BreakArguments {
  readonly help: boolean;
  readonly command: Command;
  /** A process, or a service for `add`; empty for `heal` and `list`. */
  readonly name: string;
  /** Freeze: thaw by itself after this long. */
  readonly forMs: number | undefined;
  readonly wait: boolean;
  /** Undefined for the usual folder. */
  readonly data: string | undefined;
}

export const HELP = `Breaks the running system on purpose, one process at a time, and heals it.

  npm run break -- kill PROCESS       kill -9 of all of it; the runner starts it again
  npm run break -- freeze PROCESS     it keeps its connections and answers nobody, until it is thawed
  npm run break -- thaw PROCESS
  npm run break -- restart PROCESS    stop in order, start at once
  npm run break -- add SERVICE        one replica more, used without a restart of its callers
  npm run break -- remove PROCESS     one replica less: off the list, drained, stopped
  npm run break -- heal               thaw everything, wait until everything is ready
  npm run break -- list               what there is to break

  --for SECONDS     freeze only: thaw by itself after that, and on Ctrl-C
  --wait            until the process is ready again, and say how long that took
  --data DIR        where the system's data is                                (.seams)
  --help            this text
`;

const TAKES_NOTHING: readonly Command[] = ['heal', 'list'];
const WAITS: readonly Command[] = ['kill', 'freeze', 'thaw', 'restart'];
const FREEZE_SECONDS_MAX = 3_600;

export function readBreakArguments(args: readonly string[]): BreakArguments {
  const { values, positionals } = parsed(args);
  const help = values.help ?? false;
  const [command = help ? 'list' : undefined, name = '', ...more] = positionals;
  if (command === undefined) throw new Error(`say what: ${COMMANDS.join(', ')}; --help says what each does`);
  if (!isCommand(command)) throw new Error(`there is no "${command}": ${COMMANDS.join(', ')}`);
  if (more.length > 0) throw new Error(`one at a time: "${more.join(' ')}" is too much`);
  const alone = TAKES_NOTHING.includes(command);
  if (alone && name !== '') throw new Error(`${command} takes no name`);
  if (!alone && name === '' && !help)
    throw new Error(`${command} what? name a ${command === 'add' ? 'service' : 'process, as npm run status shows it'}`);
  if (values.wait && !WAITS.includes(command)) throw new Error(`--wait belongs to ${WAITS.join(', ')}`);
  if (values.for !== undefined && command !== 'freeze') throw new Error('--for belongs to freeze');
  if (values.wait && command === 'freeze' && values.for === undefined)
    throw new Error('a frozen process gets ready when it is thawed: --wait needs --for SECONDS');
  if (values.data === '') throw new Error('--data names no folder');
  const forMs = values.for === undefined ? undefined : millisecondsOf(values.for);
  return { help, command, name, forMs, wait: values.wait ?? false, data: values.data };
}

const isCommand = (word: string): word is Command => (COMMANDS as readonly string[]).includes(word);

function millisecondsOf(seconds: string): number {
  const number = Number(seconds);
  if (!/^\d+(\.\d+)?$/.test(seconds) || number <= 0 || number > FREEZE_SECONDS_MAX)
    throw new Error(`--for takes seconds, up to ${FREEZE_SECONDS_MAX}, not "${seconds}"`);
  return number * 1_000;
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        for: { type: 'string' },
        wait: { type: 'boolean' },
        data: { type: 'string' },
        help: { type: 'boolean' },
      },
    });
  } catch (error) {
    // Node appends advice about "--" to its first sentence.
    const sentence = lineOf(error).split(/\. |\n/)[0];
    throw new Error(`${sentence}; --help lists the options`, { cause: error });
  }
}
