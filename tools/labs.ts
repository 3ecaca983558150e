/**
 * `npm run labs`: all labs on the running system, one after another, then one table. Exit code 1 when one did not hold,
 * 2 when all that was seen held and something was not seen.
 *
 *   npm run labs -- [--short] [--only three-endings,messages] [--data DIR]
 */
import './system/program.ts';

import { parseArgs } from 'node:util';
import type { Lab } from '../labs/lab.ts';
import { labsNamed } from './labs/catalogue.ts';
import { type LabEnd, runInChild } from './labs/child.ts';
import type { LabEvent } from './labs/events.ts';
import { exitCodeOf, runAgainLine, sentenceLines } from './labs/show.ts';
import { type Row, tableOf } from './labs/table.ts';
import { secondsLeft, timeText } from './labs/time-left.ts';
import { command } from './system/command.ts';
import { healAtEnd } from './system/heal-at-end.ts';
import { makeWhole } from './system/make-whole.ts';
import { reconcile } from './system/reconcile.ts';
import { askStatus, runningSystem } from './system/running.ts';
import { dataDirOf } from './system/user-paths.ts';

const say = (line = ''): void => console.log(line);

function tell(event: LabEvent): void {
  if (event.kind === 'said') for (const line of event.text.split('\n')) say(line === '' ? '' : `    ${line}`);
  else if (event.kind === 'sentence') for (const line of sentenceLines(event)) say(`    ${line}`);
  else if (event.kind === 'failed') say(`    FAILED  ${event.why}`);
}

interface How {
  readonly short: boolean;
  readonly dataDir: string;
  /** Ends the lab at once: what it broke is healed by whoever ends it. */
  readonly signal: AbortSignal;
}

async function runOne(lab: Lab, { short, dataDir, signal }: How): Promise<Row> {
  const startedAt = performance.now();
  let row = { withPattern: '', withoutPattern: '' };
  const onEvent = (event: LabEvent): void => {
    tell(event);
    if (event.kind === 'found') row = { withPattern: event.withPattern, withoutPattern: event.withoutPattern ?? '–' };
    if (event.kind === 'failed') row = { withPattern: event.why, withoutPattern: '' };
  };
  const end: LabEnd = await runInChild({ name: lab.name, short, dataDir, onEvent, signal });
  const seconds = (performance.now() - startedAt) / 1_000;
  // What one left broken must not be the next one's beginning. What it lost on purpose it corrects itself; a lab that was
  // ended before that is corrected here, when the stores are back.
  for (const line of await makeWhole({ dataDir })) say(`    healed  ${line}`);
  for (const line of await reconcile(await runningSystem(dataDir), lab.name)) say(`    corrected  ${line}`);
  return { name: lab.name, ideas: lab.ideas, ...row, end, seconds };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      short: { type: 'boolean', default: false },
      only: { type: 'string' },
      data: { type: 'string' },
    },
  });
  const dataDir = dataDirOf(values.data);
  await askStatus(dataDir);
  const labs = await labsNamed(values.only);
  const form = values.short ? 'in short' : 'in full';
  say(`labs: each idea on the running system, ${form}, one after another; then a table`);
  say(`some ${timeText(secondsLeft([], labs, values))} on an idle machine with two cores`);
  const rows: (Row & { readonly lab: Lab })[] = [];
  const over = new AbortController();
  healAtEnd(dataDir, { before: () => over.abort() });
  const how = { short: values.short, dataDir, signal: over.signal };
  for (const [at, lab] of labs.entries()) {
    const left = timeText(secondsLeft(rows, labs.slice(at), values));
    say(`\n${at + 1} of ${labs.length}, ${left} left  ${lab.name} (idea ${lab.ideas.join(', ')}): ${lab.question}\n`);
    rows.push({ ...(await runOne(lab, how)), lab });
  }
  say(`\n${tableOf(rows)}`);
  process.exitCode = conclude(rows, values.short);
}

/** Says how many held. @returns the exit code */
function conclude(rows: readonly Row[], short: boolean): number {
  const notSeen = rows.filter(({ end }) => end === 'not_seen').map(({ name }) => name);
  const held = rows.filter(({ end }) => end === 'held').length;
  const seconds = rows.reduce((sum, row) => sum + row.seconds, 0);
  say(`\n${held} of ${rows.length} labs held, in ${timeText(seconds)}`);
  if (notSeen.length > 0) say(runAgainLine(`npm run labs -- ${short ? '--short ' : ''}--only ${notSeen.join(',')}`));
  return exitCodeOf(rows.map(({ end }) => end));
}

await command(main);
