/**
 * `npm run bench`: what five services cost over one process, and which part of it costs what, measured in turns in one run.
 * docs/price.md. A turn takes about a minute.
 *
 *   node bench/shapes.ts [--rungs single,bare,retries,guarded,five,traced,lone] [--rounds 1] [--data FOLDER] [--offset 2600]
 *                        [--seconds 10] [--clients 16] [--trace-ratio 0.1] [--warm-seconds 30]
 *                        [--together] [--continue RESULT.json] [--json FILE] [--svg FILE] [--short]
 */
import '../tools/system/program.ts';

import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { command } from '../tools/system/command.ts';
import { headingOf, panelsOf, type Result, resultOf, textOf } from './ladder.ts';
import { machine, machineText } from './machine.ts';
import { measureShapes, measureTogether, type Turn } from './measure-shapes.ts';
import { amount, aSwitch, count, forOwnSystem, namesOf, optionalPath, optionsOf, share } from './options.ts';
import { svgOf } from './plot.ts';
import { rungNames } from './rungs.ts';

const values = optionsOf('What five services cost over one process, part by part.', {
  ...forOwnSystem,
  rungs: namesOf(rungNames, 'five,single'),
  rounds: count('3'),
  seconds: amount('10'),
  clients: count('16'),
  'warm-seconds': amount('30'),
  'trace-ratio': share('0.1'),
  /** All rungs stand at once and are measured in windows, one after the other: what a noisy machine allows. */
  together: aSwitch,
  /** Adds its turns to those of an earlier result: a long run in several sittings. */
  continue: optionalPath,
  svg: optionalPath,
});

const dataDir = values.data;
/** Where the console's page looks. */
const latest = path.join(dataDir, 'latest.json');

const plan = {
  rungs: values.rungs,
  rounds: values.short ? 1 : values.rounds,
  warmSecondsMax: values.short ? 1 : values['warm-seconds'],
  sequentialSeconds: values.short ? 1 : 4,
  seconds: values.short ? 3 : values.seconds,
  clients: values.clients,
  traceRatio: values['trace-ratio'],
};
type Whole = Result<typeof plan, typeof machine>;

function write(file: string, text: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file); // whoever reads it meanwhile reads the old one, whole
}

await command(async () => {
  const earlier: readonly Turn[] = values.continue
    ? (JSON.parse(readFileSync(values.continue, 'utf8')) as Whole).turns
    : [];
  const turns = await (values.together ? measureTogether : measureShapes)({
    ...plan,
    dataDir,
    firstRound: 1 + Math.max(0, ...earlier.map(({ round }) => round)),
    offset: values.offset,
    say: (line) => console.error(line),
  });
  const result: Whole = resultOf([...earlier, ...turns], plan, machine);
  console.log(`\n${textOf(result)}`);
  console.log(
    `\n${machineText()}; ${plan.clients} clients in a closed loop on the same machine, traces ${plan.traceRatio * 100} % where rungs do not say otherwise; load average before the turns ${result.turns.map(({ loadBefore }) => loadBefore).join(', ')}`,
  );
  const json = `${JSON.stringify(result, undefined, 2)}\n`;
  write(latest, json);
  if (values.json) write(values.json, json);
  if (values.svg) write(values.svg, svgOf(headingOf(result), panelsOf(result)));
  const wrong = turns.filter(({ clean, notDone }) => !clean || Object.keys(notDone).length > 0);
  for (const { rung, verdict, notDone } of wrong)
    console.error(`${rung}: ${verdict}; not done ${JSON.stringify(notDone)}`);
  process.exitCode = turns.every(({ clean }) => clean) ? 0 : 1;
});
