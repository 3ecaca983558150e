/**
 * `npm run bench:capacity`: orders a second with one and with two replicas, for some numbers of clients, and what a model of
 * two laws says that it should be, from what an order costs. docs/capacity.md.
 *
 *   node bench/capacity.ts [--clients 1,4,16] [--rounds 1] [--seconds 6] [--warm-seconds 24] [--data FOLDER]
 *                          [--offset 2600] [--json FILE] [--short]
 */
import '../tools/system/program.ts';

import { mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { audit } from '../audit/audit.ts';
import { auditedSystem } from '../tools/system/audited.ts';
import { command } from '../tools/system/command.ts';
import type { Running } from '../tools/system/running.ts';
import { type Measured, measureCapacity } from './capacity/measure.ts';
import { type Predicted, predictFrom, type Scaled, withCoresOfTheirOwn } from './capacity/predict.ts';
import { loadNow, machine, machineText } from './machine.ts';
import { amount, count, counts, forOwnSystem, optionsOf } from './options.ts';
import { started } from './started.ts';
import { Traffic } from './traffic.ts';

const values = optionsOf('Orders a second with one and with two replicas, beside what a model predicts.', {
  ...forOwnSystem,
  clients: counts('1,4,16'),
  rounds: count('1'),
  seconds: amount('6'),
  'warm-seconds': amount('24'),
});
const plan = {
  clients: values.clients,
  rounds: values.rounds,
  seconds: values.short ? 1 : values.seconds,
  warmSecondsMax: values.short ? 1 : values['warm-seconds'],
  say: (line: string) => console.error(line),
};
const [TRACE_RATIO, CUSTOMERS, ORDERS_EACH, AUDIT_WAIT_MS] = [0.1, 40, 1_000, 30_000];
const REPLICAS = [1, 2, 3, 5];
const STORE_CORES = 4;

async function measure(running: Running, journalFile: string): Promise<Measured> {
  const traffic = await Traffic.on(running, { journalFile, customers: CUSTOMERS, ordersEach: ORDERS_EACH });
  try {
    return await measureCapacity(running, traffic, plan);
  } finally {
    traffic.close();
  }
}

const row = (cells: readonly (string | number)[]): string =>
  cells
    .map((cell) => String(cell).padEnd(12))
    .join('')
    .trimEnd();

function show({ compared, demandMs, machine: shared, boundPerS }: Predicted, scaled: readonly Scaled[]): void {
  console.log(
    row(['replicas', 'clients', 'orders/s', 'predicted', 'ratio', 'mean ms', 'predicted', 'CPU ms', 'at most']),
  );
  for (const { replicas, clients, measuredMs, predictedMs, ...one } of compared) {
    const rates = [one.measuredPerS, one.predictedPerS, one.ratio];
    console.log(row([replicas, clients, ...rates, measuredMs, predictedMs, one.cpuMs, one.boundPerS]));
  }
  const taken = Object.entries(demandMs).sort(([, a], [, b]) => b - a);
  console.log(`\nCPU ms an order, all replicas together: ${taken.map(([name, ms]) => `${name} ${ms}`).join(', ')}`);
  const { cores, idleCores, waitedForMs, besideMs, delayMs } = shared;
  console.log(
    `the model: ${waitedForMs} ms of CPU until the answer, ${besideMs} beside it, ${delayMs} ms of waiting for no core; ${cores} cores, ${idleCores} of one used while nobody asks; so at most ${boundPerS} orders/s`,
  );
  console.log(`\nwith a core for each replica and ${STORE_CORES} for each store (predicted, not measured)`);
  console.log(row(['replicas', 'orders/s', 'first at its bound']));
  for (const { replicas, ordersPerS, first } of scaled) console.log(row([replicas, ordersPerS, first]));
}

const dataDir = values.data;
await command(async () => {
  mkdirSync(path.join(dataDir, 'loads'), { recursive: true });
  const journalFile = path.join(dataDir, 'loads', `capacity-${Date.now()}.jsonl`);
  const loadBefore = loadNow();
  const { running, stop } = await started({
    ...{ dataDir, offset: values.offset, single: false, traceRatio: TRACE_RATIO },
  });
  try {
    const measured = await measure(running, journalFile);
    const options = { waitMs: AUDIT_WAIT_MS, journalFile, progress: () => undefined };
    const { clean, verdict } = await audit(auditedSystem(running), options);
    const predicted = predictFrom(measured, os.availableParallelism());
    const scaled = withCoresOfTheirOwn(predicted.demandMs, REPLICAS, STORE_CORES);
    show(predicted, scaled);
    console.log(`\n${machineText()}; load average ${loadBefore} before, ${loadNow()} after; ${verdict}`);
    if (values.json)
      writeFileSync(values.json, JSON.stringify({ ...measured, ...predicted, scaled, loadBefore, on: machine }));
    process.exitCode = clean ? 0 : 1;
  } finally {
    await stop();
  }
});
