/**
 * `npm run bench:storage`: how many orders a second storage's use case commits to a Postgres of its own, for callers in
 * its own process (no gRPC, no Kafka); with counters spread over a thousand items and with one that all want. docs/price.md.
 *
 *   node bench/storage.ts [--callers 1,16,64] [--rounds 5] [--seconds 1.5] [--json]
 */
import '../tools/system/program.ts';

import { cpus, loadavg, totalmem } from 'node:os';
import { command } from '../tools/system/command.ts';
import { amount, aSwitch, count, counts, optionsOf } from './options.ts';
import { type Figure, figuresOf, type Run, ratiosOf } from './storage/figures.ts';
import { measure } from './storage/measure.ts';
import { StorageTrial } from './storage/trial.ts';
import { waysOf } from './storage/ways.ts';

const values = optionsOf('How many orders a second storage commits, by way of committing.', {
  callers: counts('1,16,64'),
  rounds: count('5'),
  seconds: amount('1.5'),
  json: aSwitch,
});
const say = (line: string): void => console.error(line);

function show(ratios: Readonly<Record<string, number>>, figures: readonly Figure[]): void {
  console.log('\nratio  of orders/s');
  for (const [name, ratio] of Object.entries(ratios)) console.log(`${String(ratio).padStart(5)}  ${name}`);
  console.log(
    '\nway          callers counters  orders/s (least to most)   p50 / p99 ms   CPU ms an order: Node, Postgres',
  );
  for (const { way, callers, counters, perS, perSFrom, perSTo, ...more } of figures) {
    const rate = `${String(perS).padStart(8)} ${`(${perSFrom} to ${perSTo})`.padEnd(16)}`;
    const cpu = `${more.nodeCpuMs.toFixed(2)}  ${more.postgresCpuMs?.toFixed(2) ?? '-'}`;
    const times = `${more.p50} / ${more.p99}`.padStart(14);
    console.log(`${way.padEnd(12)} ${String(callers).padStart(7)} ${counters.padEnd(8)} ${rate} ${times}   ${cpu}`);
  }
}

/** Nothing failed, and each table tells of as many orders as were answered. */
function problemsOf(runs: readonly Run[], sums: Readonly<Record<string, number>>): string[] {
  const failed = runs.flatMap(({ failures }) => Object.keys(failures));
  const different = new Set(Object.values(sums)).size > 1 ? [`the tables disagree: ${JSON.stringify(sums)}`] : [];
  const told = runs.reduce((sum, { orders }) => sum + orders, 0);
  const lost = (sums.orders ?? 0) < told ? [`${told} orders were answered, ${sums.orders} are there`] : [];
  return [...new Set(failed), ...different, ...lost];
}

await command(async () => {
  const machine = { cpu: cpus()[0]?.model, cores: cpus().length, memoryMb: Math.round(totalmem() / 2 ** 20) };
  const loadBefore = loadavg();
  say('starting a Postgres');
  const trial = await StorageTrial.begin();
  try {
    const runs = await measure(trial, {
      ways: waysOf(trial),
      callers: values.callers,
      rounds: values.rounds,
      seconds: values.seconds,
      say,
    });
    const figures = figuresOf(runs);
    const ratios = ratiosOf(figures);
    const sums = { ...(await trial.sums()) };
    const problems = problemsOf(runs, sums);
    const where = {
      ...machine,
      node: process.version,
      postgres: await trial.version(),
      loadBefore: loadBefore[0],
      loadAfter: loadavg()[0],
    };
    if (values.json) console.log(JSON.stringify({ ratios, figures, machine: where, sums, problems }, undefined, 2));
    else {
      show(ratios, figures);
      console.log(`\n${JSON.stringify(where)}`);
    }
    for (const problem of problems) say(`PROBLEM: ${problem}`);
    process.exitCode = problems.length > 0 ? 1 : 0;
  } finally {
    await trial.end();
  }
});
