/**
 * `npm run lab`: lists the labs; `npm run lab -- NAME [--short] [--data DIR]` runs one on the running system, prints what it
 * saw with the pattern and without it, and exits with 1 when something that must hold did not.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { bulkhead } from '../labs/bulkhead.ts';
import { circuitBreaker } from '../labs/circuit-breaker.ts';
import { deadline } from '../labs/deadline.ts';
import { faultIsNotFailure } from '../labs/fault-is-not-failure.ts';
import type { Finding, Lab } from '../labs/lab.ts';
import { lostUpdate } from '../labs/lost-update.ts';
import { messages } from '../labs/messages.ts';
import { partialFailure } from '../labs/partial-failure.ts';
import { retryStorm } from '../labs/retry-storm.ts';
import { scaling } from '../labs/scaling.ts';
import { spike } from '../labs/spike.ts';
import { threeEndings } from '../labs/three-endings.ts';
import { transparency } from '../labs/transparency.ts';
import { runningSystem } from './system/running.ts';

const LABS: readonly Lab[] = [
  threeEndings,
  lostUpdate,
  messages,
  partialFailure,
  faultIsNotFailure,
  deadline,
  circuitBreaker,
  bulkhead,
  retryStorm,
  spike,
  scaling,
  transparency,
];

function list(): void {
  console.log('npm run lab -- NAME');
  const width = Math.max(...LABS.map(({ name }) => name.length)) + 2;
  for (const { name, idea, question } of LABS)
    console.log(`  ${name.padEnd(width)}idea ${String(idea).padEnd(4)}${question}`);
}

function show({ expectations, withPattern, withoutPattern, lookAt }: Finding): boolean {
  console.log();
  for (const { sentence, held } of expectations) console.log(`${held ? 'held  ' : 'BROKEN'}  ${sentence}`);
  console.log(`\nwith the pattern:     ${withPattern}`);
  if (withoutPattern !== undefined) console.log(`without it:           ${withoutPattern}`);
  console.log('\nlook at');
  for (const line of lookAt) console.log(`  ${line}`);
  return expectations.every(({ held }) => held);
}

async function run(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      short: { type: 'boolean', default: false },
      data: { type: 'string', default: path.join(import.meta.dirname, '..', '.seams') },
    },
  });
  const [name] = positionals;
  if (name === undefined) return list();
  const lab = LABS.find((one) => one.name === name);
  if (!lab) throw new Error(`there is no lab "${name}"; there are: ${LABS.map((one) => one.name).join(', ')}`);

  console.log(`${lab.name}: ${lab.question}\n`);
  const finding = await lab.run(await runningSystem(values.data), (line = '') => console.log(line), {
    short: values.short,
  });
  if (!show(finding)) process.exitCode = 1;
}

try {
  await run();
} catch (error) {
  console.error(`seams: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
