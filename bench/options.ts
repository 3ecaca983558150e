/** What a bench is asked on its command line: numbers as numbers, paths from where the user stands. */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { fromUser, toUser } from '../tools/system/user-paths.ts';

/** One option. `takes` is what its value is, in the help and in the line about a mistake; a switch takes none. */
interface Option<T> {
  readonly takes?: string;
  /** As a user would write it. */
  readonly usual?: string;
  /** Undefined when the text is no such value. */
  read(text: string | undefined): T | undefined;
  readonly mayBeLeftOut?: boolean;
}

const numberIn = (text: string | undefined, pattern: RegExp, least: number): number | undefined =>
  text !== undefined && pattern.test(text) && Number(text) >= least ? Number(text) : undefined;

const WHOLE = /^\d{1,9}$/;
const DECIMAL = /^\d{1,9}(\.\d+)?$/;

/** How many: 1 or more. */
export const count = (usual: string, least = 1): Option<number> => ({
  takes: `a whole number from ${least}`,
  usual,
  read: (text) => numberIn(text, WHOLE, least),
});

/** Seconds or times: more than nothing. */
export const amount = (usual: string): Option<number> => ({
  takes: 'a number above 0',
  usual,
  read: (text) => numberIn(text, DECIMAL, Number.MIN_VALUE),
});

/** 0 to 1. */
export const share = (usual: string): Option<number> => ({
  takes: 'a number from 0 to 1',
  usual,
  read: (text) => (Number(text) <= 1 ? numberIn(text, DECIMAL, 0) : undefined),
});

/** For example 1,4,16. */
export const counts = (usual: string): Option<number[]> => ({
  takes: 'whole numbers from 1, separated by commas',
  usual,
  read: (text) => {
    const numbers = text?.split(',').map((one) => numberIn(one, WHOLE, 1));
    return numbers?.every((one) => one !== undefined) ? numbers : undefined;
  },
});

/** Some of these names, in their order, whatever order they are asked in. */
export const namesOf = <Name extends string>(all: readonly Name[], usual: string): Option<Name[]> => ({
  takes: `some of ${all.join(',')}`,
  usual,
  read: (text) => {
    const wanted = new Set<string>(text?.split(','));
    return [...wanted].every((name) => (all as readonly string[]).includes(name))
      ? all.filter((name) => wanted.has(name))
      : undefined;
  },
});

const A_PATH = { takes: 'a path', read: (text: string | undefined) => (text ? fromUser(text) : undefined) };
export const folder = (usual: string): Option<string> => ({ ...A_PATH, usual: toUser(usual) });
export const optionalPath: Option<string | undefined> = { ...A_PATH, mayBeLeftOut: true };
export const aSwitch: Option<boolean> = { read: (text) => text !== undefined };

/** Of a bench that starts a system of its own. */
export const forOwnSystem = {
  data: folder(path.resolve(import.meta.dirname, '../.seams/bench')),
  offset: count('2600', 0),
  json: optionalPath,
  /** One round of seconds: that it runs, not how quick it is. */
  short: aSwitch,
};

type Options = Readonly<Record<string, Option<unknown>>>;
type Values<Asked extends Options> = {
  readonly [Name in keyof Asked]: Asked[Name] extends Option<infer T> ? T : never;
};

/** @throws Error of one line */
export function readOptions<Asked extends Options>(args: readonly string[], asked: Asked): Values<Asked> {
  const { values } = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      Object.entries(asked).map(([name, { takes }]) => [name, { type: takes ? 'string' : 'boolean' } as const]),
    ),
  });
  const given = values as Readonly<Record<string, string | true | undefined>>;
  const read = Object.entries(asked).map(([name, { takes, usual, mayBeLeftOut, ...option }]): [string, unknown] => {
    const text = given[name];
    if (text === undefined && mayBeLeftOut) return [name, undefined];
    const value = option.read(text === true ? '' : (text ?? usual));
    if (value === undefined) throw new Error(`--${name} takes ${takes}, not "${text}"`);
    return [name, value];
  });
  return Object.fromEntries(read) as Values<Asked>;
}

/** Of this process. With `--help`, or a mistake, it ends here. */
export function optionsOf<Asked extends Options>(about: string, asked: Asked): Values<Asked> {
  const args = process.argv.slice(2);
  try {
    if (args.includes('--help')) console.log(helpOf(about, asked));
    else return readOptions(args, asked);
  } catch (error) {
    console.error(`seams: ${(error as Error).message}`);
    process.exit(1);
  }
  process.exit(0);
}

function helpOf(about: string, asked: Options): string {
  const lines = Object.entries(asked).map(([name, { takes, usual }]) => {
    const what = [takes, usual === undefined ? undefined : `(${usual})`].filter(Boolean).join(' ');
    return `  --${name.padEnd(14)} ${what}`.trimEnd();
  });
  return `${about}\n\n${lines.join('\n')}\n\nFigures and what they mean: docs/price.md`;
}
