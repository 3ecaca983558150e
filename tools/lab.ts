/**
 * `npm run lab`: lists the labs; `npm run lab -- NAME [--short] [--data DIR]` runs one on the running system, prints what it
 * saw with the pattern and without it, and exits with 1 when something that must hold did not, with 2 when that was not seen
 * (tools/labs/show.ts). `--events` says the same as lines of JSON, and `--json` the list (tools/labs/events.ts, tools/labs/catalogue.ts).
 */
import './system/program.ts';

import { parseArgs } from 'node:util';
import { type Outcome, outcomeOfAll } from '../labs/expectation.ts';
import type { Finding } from '../labs/lab.ts';
import { allLabs, catalogue, labNamed } from './labs/catalogue.ts';
import { eventsOf, type LabEvent } from './labs/events.ts';
import { runAndCorrect } from './labs/run-and-correct.ts';
import { EXIT_CODES, runAgainLine, sentenceLines, sentenceOf } from './labs/show.ts';
import { command } from './system/command.ts';
import { heal, healAtEnd } from './system/heal-at-end.ts';
import { endWithParent } from './system/program.ts';
import { runningSystem } from './system/running.ts';
import { dataDirOf } from './system/user-paths.ts';

async function list(): Promise<void> {
  const labs = await allLabs();
  console.log('npm run lab -- NAME');
  const width = Math.max(...labs.map(({ name }) => name.length)) + 2;
  for (const { name, ideas, question } of labs)
    console.log(`  ${name.padEnd(width)}idea ${ideas.join(', ').padEnd(4)}${question}`);
}

function show({ expectations, withPattern, withoutPattern, lookAt }: Finding): Outcome {
  console.log();
  for (const one of expectations) for (const line of sentenceLines(sentenceOf(one))) console.log(line);
  console.log(`\nwith the pattern:     ${withPattern}`);
  if (withoutPattern !== undefined) console.log(`without it:           ${withoutPattern}`);
  console.log('\nlook at');
  for (const line of lookAt) console.log(`  ${line}`);
  return outcomeOfAll(expectations);
}

interface Asked {
  readonly name: string;
  readonly data: string;
  readonly short: boolean;
}

async function runForPeople({ name, data, short }: Asked): Promise<void> {
  const lab = await labNamed(name);
  console.log(`${lab.name}: ${lab.question}\n`);
  const running = await runningSystem(data);
  const callOff = healAtEnd(data, { lab: name });
  try {
    const finding = await runAndCorrect(lab, running, (line = '') => console.log(line), { short });
    const outcome = show(finding);
    if (outcome === 'not_seen') console.log(`\n${runAgainLine(`npm run lab -- ${name}${short ? ' --short' : ''}`)}`);
    process.exitCode = EXIT_CODES[outcome];
  } catch (error) {
    await heal(data, name);
    throw error;
  } finally {
    callOff();
  }
}

async function runForPrograms({ name, data, short }: Asked): Promise<void> {
  const write = (event: LabEvent): boolean => process.stdout.write(`${JSON.stringify(event)}\n`);
  // A lab must not go on breaking things when nobody knows of it any longer, nor leave them broken.
  const callOff = [healAtEnd(data, { lab: name }), endWithParent()];
  try {
    const lab = await labNamed(name);
    const say = (text = ''): boolean => write({ kind: 'said', text });
    const finding = await runAndCorrect(lab, await runningSystem(data), (line) => void say(line), { short });
    for (const event of eventsOf(finding)) write(event);
    process.exitCode = EXIT_CODES[outcomeOfAll(finding.expectations)];
  } catch (error) {
    write({ kind: 'failed', why: error instanceof Error ? error.message : String(error) });
    process.exitCode = 1;
  }
  for (const call of callOff) call();
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      short: { type: 'boolean', default: false },
      events: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      data: { type: 'string' },
    },
  });
  const [name, another] = positionals;
  if (another !== undefined)
    throw new Error(`one lab at a time; several: npm run labs -- --only ${positionals.join()}`);
  if (values.json) console.log(JSON.stringify(await catalogue()));
  else if (name === undefined) await list();
  else
    await (values.events ? runForPrograms : runForPeople)({ name, data: dataDirOf(values.data), short: values.short });
}

await command(main);
