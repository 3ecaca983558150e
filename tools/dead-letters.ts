/**
 * `npm run dead-letters`: what a consumer could not read, why, and once more when the cause is mended.
 *
 *   npm run dead-letters -- list                 one line each
 *   npm run dead-letters -- show <origin>        headers and payload; an origin is topic/partition/offset
 *   npm run dead-letters -- replay <origin>      publishes it again, and says how it was judged
 *   npm run dead-letters -- replay --all         each that was not replayed before
 *   with [--data DIR] [--json]
 *
 * Exit code 1 for a mistake in the arguments, when nothing runs, and when a replayed message was set aside again.
 */
import './system/program.ts';

import { parseArgs } from 'node:util';
import { type Desk, type Found, findLetter, isReplayable, openDesk, type Sent } from './dead-letters/desk.ts';
import { type Replay, textOf, type Verdict } from './dead-letters/letters.ts';
import { jsonOf, jsonWithContent, pageOf, printable, tableOf, wordsOf } from './dead-letters/show.ts';
import { runningSystem } from './system/running.ts';
import { dataDirOf } from './system/user-paths.ts';

const USAGE = 'list | show <origin> | replay <origin> | replay --all, with [--data DIR] [--json]';

interface Arguments {
  readonly command: 'list' | 'show' | 'replay';
  /** Undefined for all. */
  readonly origin: string | undefined;
  readonly json: boolean;
  readonly dataDir: string;
}

function readArguments(): Arguments {
  const { values, positionals } = parsed();
  const [command, origin, ...rest] = positionals;
  if (command !== 'list' && command !== 'show' && command !== 'replay')
    throw new Error(command === undefined ? `say what: ${USAGE}` : `there is no "${printable(command)}": ${USAGE}`);
  const { all = false, json = false, data } = values;
  if (rest.length > 0 || (command === 'list' && origin !== undefined)) throw new Error(`too many words: ${USAGE}`);
  if (all && command !== 'replay') throw new Error(`--all belongs to replay: ${USAGE}`);
  if (command === 'show' && origin === undefined) throw new Error('show which? name an origin as list shows it');
  if (command === 'replay' && (origin === undefined) !== all) throw new Error('replay takes one origin, or --all');
  if (data === '') throw new Error('--data names no folder');
  return { command, origin, json, dataDir: dataDirOf(data) };
}

function parsed() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { data: { type: 'string' }, json: { type: 'boolean' }, all: { type: 'boolean' } },
    });
  } catch (error) {
    // Node appends advice about "--" to its first sentence.
    throw new Error(`${(error as Error).message.split(/\. |\n/)[0]}: ${USAGE}`, { cause: error });
  }
}

const say = (text: string): void => console.log(text);
const sayJson = (value: unknown): void => say(JSON.stringify(value, undefined, 2));

async function list(desk: Desk, json: boolean): Promise<void> {
  const { found, foreign } = await desk.read();
  if (json) return sayJson(found.map(jsonOf));
  if (found.length > 0) say(tableOf(found));
  say(`${found.length} dead letters, ${found.filter(isOpen).length} not replayed`);
  if (foreign > 0) say(`${foreign} records beside them name no origin: no consumer of this system put them there`);
}

async function show(desk: Desk, origin: string, json: boolean): Promise<void> {
  const found = findLetter((await desk.read()).found, origin);
  if (json) sayJson(jsonWithContent(found));
  else say(pageOf(found));
}

/** A replay that was set aside again is a letter of its own, which stands for the first one from then on. */
const isOpen = ({ replays }: Found): boolean => replays.length === 0;

async function replay(desk: Desk, origin: string | undefined, json: boolean): Promise<void> {
  const chosen = chosenOf((await desk.read()).found, origin);
  // All first, then the verdicts: the consumer works meanwhile.
  const sent: Sent[] = [];
  for (const found of chosen) sent.push({ letter: found.letter, place: await desk.publishAgain(found) });
  const verdicts = sent.length === 0 ? [] : await desk.judged(sent);
  const ends = sent.map(({ letter, place }, n) => ({
    origin: textOf(letter.origin),
    replay: { place, verdict: verdicts[n] ?? 'waiting' } satisfies Replay,
  }));
  const countOf = (verdict: Verdict): number => ends.filter((end) => end.replay.verdict === verdict).length;
  if (json)
    sayJson(ends.map((end) => ({ origin: end.origin, place: textOf(end.replay.place), verdict: end.replay.verdict })));
  else {
    for (const end of ends) say(`${end.origin} → ${wordsOf(end.replay)}`);
    say(
      `${ends.length} replayed: ${countOf('taken')} taken, ${countOf('set_aside_again')} set aside again, ${countOf('waiting')} not judged yet`,
    );
  }
  if (countOf('set_aside_again') > 0) process.exitCode = 1;
}

function chosenOf(found: readonly Found[], origin: string | undefined): Found[] {
  if (origin === undefined) {
    // Two groups may have set one message aside; published once, it comes to both again.
    const open = found.filter((one) => isOpen(one) && isReplayable(one.letter.origin.topic));
    return [...new Map(open.map((one) => [textOf(one.letter.origin), one])).values()];
  }
  const one = findLetter(found, origin);
  const [last] = one.replays.slice(-1);
  if (last) throw new Error(`${origin} was replayed already: ${wordsOf(last)}`);
  return [one];
}

async function run(): Promise<void> {
  const { command, origin, json, dataDir } = readArguments();
  const desk = openDesk((await runningSystem(dataDir)).kafkaBroker);
  if (command === 'list') await list(desk, json);
  else if (command === 'show') await show(desk, origin ?? '', json);
  else await replay(desk, origin, json);
}

try {
  await run();
} catch (error) {
  console.error(`seams: ${printable((error as Error).message)}`);
  process.exitCode = 1;
}
