/**
 * npm run mutation: do the unit tests notice a mistake? Changes one thing of the code at a time (a mutant) and runs the unit tests
 * of the same folder: a mutant that they let pass has survived. docs/testing.md says what is mutated and what survives.
 *
 *   npm run mutation                              all parts, some 15 minutes on two cores
 *   npm run mutation -- decisions audit           these parts
 *   npm run mutation -- --file audit/facts.ts     one source
 *   npm run mutation -- --concurrency 1           mutants at once, 2 by default
 *
 * The last line says the score of each part and where the reports are. Exit code 1 when a part has less than 90 %.
 */
import './system/program.ts';

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { endRunning } from './check/run.ts';
import { type MutationPart, mutationParts, notMutated } from './mutation/parts.ts';
import { isHighEnough, lineOf, type MutationReport, scoreOf } from './mutation/score.ts';
import { installStryker, removeSandboxes, runStryker } from './mutation/stryker.ts';
import { command } from './system/command.ts';
import { restoreAtEnd } from './system/program.ts';

const CONCURRENCY = '2';

interface Chosen {
  readonly parts: readonly MutationPart[];
  readonly file: string | undefined;
  readonly concurrency: number;
}

function readArguments(args: string[]): Chosen {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { file: { type: 'string' }, concurrency: { type: 'string', default: CONCURRENCY } },
  });
  const concurrency = Number(values.concurrency);
  if (!Number.isInteger(concurrency) || concurrency < 1)
    throw new Error(`--concurrency is a whole number from 1, not ${values.concurrency}`);
  const { file } = values;
  if (file !== undefined) return { parts: [partWith(file)], file, concurrency };
  const unknown = positionals.find((name) => !mutationParts.some((part) => part.name === name));
  const names = mutationParts.map(({ name }) => name).join(', ');
  if (unknown !== undefined) throw new Error(`no part is called ${unknown}; there are: ${names}`);
  const parts =
    positionals.length === 0 ? mutationParts : mutationParts.filter((part) => positionals.includes(part.name));
  return { parts, file, concurrency };
}

function partWith(file: string): MutationPart {
  const part = mutationParts.find(({ mutate }) => mutate.some((glob) => path.matchesGlob(file, glob)));
  if (!part || file.endsWith('.test.ts') || file in notMutated)
    throw new Error(`${file} is not mutated: tools/mutation/parts.ts`);
  return part;
}

async function main(): Promise<void> {
  const { parts, file, concurrency } = readArguments(process.argv.slice(2));
  let running: Promise<unknown> | undefined;
  restoreAtEnd(async () => {
    endRunning();
    await Promise.allSettled([running]);
    removeSandboxes();
  });
  await installStryker();
  const scores = [];
  for (const part of parts) {
    console.log(`\n── ${part.name}`);
    const run = runStryker({ part, concurrency, file });
    running = run;
    const report = await run;
    scores.push(scoreOf(part.name, JSON.parse(readFileSync(report, 'utf8')) as MutationReport));
  }
  console.log(lineOf(scores, parts.map(({ name }) => path.join('.seams/mutation', name, 'mutation.html')).join(', ')));
  process.exitCode = scores.every(isHighEnough) ? 0 : 1;
}

await command(main);
