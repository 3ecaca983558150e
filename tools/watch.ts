/**
 * `npm run watch`: the live map as text, once a second, in place; Ctrl-C ends it. A line a second when it goes into a pipe.
 *
 *   npm run watch -- [--once] [--data DIR]
 *
 * It asks the watcher itself, at its own port: who may read the data folder's control socket may see this, and it goes on
 * while the gateway or auth is what is broken.
 */
import './system/program.ts';

import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs, stripVTControlCharacters } from 'node:util';
import type { Floor } from './infrastructure/watcher/floor.ts';
import { command } from './system/command.ts';
import { askStatus } from './system/running.ts';
import { dataDirOf } from './system/user-paths.ts';
import { coloured, lineOf, pictureOf, plain } from './watch/picture.ts';

const ANSWER_MS_MAX = 3_000;
const AGAIN_MS = 500;

const screen = {
  enter: '\u001b[?1049h\u001b[?25l',
  home: '\u001b[H',
  clear: '\u001b[J',
  leave: '\u001b[?25h\u001b[?1049l',
};

/** Undefined when the watcher is away: then what was seen last stays, and says so. */
async function floorAfter(url: string, sequence: number, signal: AbortSignal): Promise<Floor | undefined> {
  try {
    const response = await fetch(`${url}/floor?after=${sequence}`, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS_MAX)]),
    });
    return response.ok ? ((await response.json()) as Floor) : undefined;
  } catch (error) {
    if (signal.aborted) throw error;
    const isAway = error instanceof TypeError || (error as Error).name === 'TimeoutError';
    if (!isAway) throw error;
    return undefined;
  }
}

/** As much of it as the window holds; a line that is cut must not leave its colour on. */
function fitted(lines: readonly string[]): string[] {
  // A terminal that does not know its size says 0.
  const [columns, rows] = [process.stdout.columns || 120, process.stdout.rows || 40];
  return lines
    .slice(0, rows - 1)
    .map((line) =>
      stripVTControlCharacters(line).length <= columns ? line : stripVTControlCharacters(line).slice(0, columns),
    );
}

interface Followed {
  readonly url: string;
  readonly signal: AbortSignal;
}

async function follow({ url, signal }: Followed, isTty: boolean): Promise<void> {
  let last: Floor | undefined;
  while (!signal.aborted) {
    const floor = await floorAfter(url, last?.sequence ?? 0, signal);
    if (!floor) {
      const away = 'the watcher does not answer; it is started again by itself';
      const old = last && isTty ? ['', ...pictureOf(last, plain)] : [];
      show([isTty ? coloured.bad(away) : `${new Date().toISOString()} ${away}`, ...old], isTty);
      await sleep(AGAIN_MS, undefined, { signal });
    } else if (floor.sequence !== last?.sequence) {
      last = floor;
      show(isTty ? [...pictureOf(floor, coloured), '', coloured.quiet('Ctrl-C ends this')] : [lineOf(floor)], isTty);
    }
  }
}

function show(lines: readonly string[], isTty: boolean): void {
  if (!isTty) return void process.stdout.write(`${lines.join('\n')}\n`);
  const ended = fitted(lines).map((line) => `${line}\u001b[K`);
  process.stdout.write(`${screen.home}${ended.join('\n')}${screen.clear}`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { once: { type: 'boolean' }, data: { type: 'string' } } });
  const status = await askStatus(dataDirOf(values.data));
  const port = status.processes.find(({ name }) => name === 'watcher')?.ports[0];
  if (port === undefined)
    throw new Error('this system has no watcher (one process needs no map): see `npm run status`');

  const over = new AbortController();
  const followed = { url: `http://127.0.0.1:${port}`, signal: over.signal };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => over.abort());
  // Whoever reads us may go first: `npm run watch | head`.
  process.stdout.on('error', () => over.abort());
  const isTty = process.stdout.isTTY === true && values.once !== true;
  if (isTty) process.stdout.write(screen.enter);
  try {
    if (values.once) await once(followed);
    else await follow(followed, isTty);
  } catch (error) {
    if (!over.signal.aborted) throw error;
  } finally {
    if (isTty) process.stdout.write(screen.leave);
  }
}

async function once({ url, signal }: Followed): Promise<void> {
  const floor = await floorAfter(url, 0, signal);
  if (!floor) throw new Error('the watcher does not answer; try again in a moment');
  const paint = process.stdout.isTTY ? coloured : plain;
  process.stdout.write(`${pictureOf(floor, paint).join('\n')}\n`);
}

await command(main);
