/**
 * `npm run bench:events`: how fast the outbox drains and how fast analytics counts, beside the rate of orders of the same
 * run; and how long after an order's commit it is counted, at half of that rate. docs/price.md.
 *
 *   node bench/events.ts [--events 5000] [--rounds 3] [--seconds 8] [--clients 16] [--warm-seconds 24] [--data FOLDER]
 *                        [--offset 2600] [--json FILE] [--short]
 */
import '../tools/system/program.ts';

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { audit } from '../audit/audit.ts';
import { auditorRole } from '../tools/infrastructure/postgres-roles.ts';
import { auditedSystem } from '../tools/system/audited.ts';
import { command } from '../tools/system/command.ts';
import type { Running } from '../tools/system/running.ts';
import { openStores } from './events/events-store.ts';
import { type EventsRun, measureEvents } from './events/measure.ts';
import { type Figure, figureOf, round } from './figures.ts';
import { loadNow, machine, machineText } from './machine.ts';
import { amount, count, forOwnSystem, optionsOf } from './options.ts';
import { started } from './started.ts';
import { placingOn } from './storage/placing.ts';
import { Traffic } from './traffic.ts';
import { warm } from './warm.ts';

const values = optionsOf('How fast the outbox drains and analytics counts, beside the rate of orders.', {
  ...forOwnSystem,
  events: count('5000'),
  rounds: count('3'),
  seconds: amount('8'),
  clients: count('16'),
  'warm-seconds': amount('24'),
});
const plan = {
  events: values.short ? 300 : values.events,
  rounds: values.short ? 1 : values.rounds,
  seconds: values.short ? 2 : values.seconds,
  clients: values.clients,
  warmSecondsMax: values.short ? 1 : values['warm-seconds'],
  traceRatio: 0.1,
};
const CUSTOMERS = 40;
const ORDERS_EACH = 1_000;
const AUDIT_WAIT_MS = 30_000;

async function measure(running: Running, journalFile: string): Promise<EventsRun[]> {
  const traffic = await Traffic.on(running, { journalFile, customers: CUSTOMERS, ordersEach: ORDERS_EACH });
  const placing = await placingOn(running, plan.events * plan.rounds);
  const stores = await openStores({
    storage: running.postgresUrl(auditorRole, 'storage'),
    analytics: running.postgresUrl(auditorRole, 'analytics'),
    owner: running.postgresUrl('storage_owner', 'storage'),
  });
  try {
    await warm(traffic, { clients: plan.clients, secondsMax: plan.warmSecondsMax });
    const runs: EventsRun[] = [];
    for (let number = 1; number <= plan.rounds; number++) {
      const run = await measureEvents({ running, traffic, placing, stores }, plan);
      console.error(
        `${number}. ${run.ordersPerS} orders/s; ${plan.events} events: on Kafka ${run.drainPerS}/s, counted ${run.countedPerS}/s; at half load counted after ${run.p50Ms} / ${run.p99Ms} ms`,
      );
      runs.push(run);
    }
    return runs;
  } finally {
    traffic.close();
    await placing.close();
    await stores.close();
  }
}

const FIGURES = {
  ordersPerS: 'orders/s, through the API',
  drainPerS: 'events/s from the outbox to Kafka',
  countedPerS: 'events/s from the outbox to the count',
  halfPerS: 'orders/s at half load',
  p50Ms: 'commit to counted, p50 ms',
  p99Ms: 'commit to counted, p99 ms',
  publishedP50Ms: 'commit to marked as published, p50 ms',
  publishedP99Ms: 'commit to marked as published, p99 ms',
} as const satisfies Partial<Record<keyof EventsRun, string>>;

const dataDir = values.data;
await command(async () => {
  mkdirSync(path.join(dataDir, 'loads'), { recursive: true });
  const journalFile = path.join(dataDir, 'loads', `events-${Date.now()}.jsonl`);
  const loadBefore = loadNow();
  const { running, stop } = await started({
    ...{ dataDir, offset: values.offset, single: false, traceRatio: plan.traceRatio },
  });
  try {
    const runs = await measure(running, journalFile);
    const { clean, verdict } = await audit(auditedSystem(running), {
      waitMs: AUDIT_WAIT_MS,
      journalFile,
      progress: () => undefined,
    });
    const names = Object.keys(FIGURES) as (keyof typeof FIGURES)[];
    const figures = Object.fromEntries(names.map((name) => [name, figureOf(runs.map((run) => run[name]))]));
    const ratio = (of: (run: EventsRun) => number): Figure => figureOf(runs.map((run) => round(of(run))));
    const ratios = {
      'outbox to Kafka ÷ orders': ratio(({ drainPerS, ordersPerS }) => drainPerS / ordersPerS),
      'outbox to the count ÷ orders': ratio(({ countedPerS, ordersPerS }) => countedPerS / ordersPerS),
    };
    const rows: [string, Figure][] = [
      ...Object.entries(ratios),
      ...names.map((name): [string, Figure] => [FIGURES[name], figures[name] as Figure]),
    ];
    console.log(`${''.padEnd(42)}median  (least … most) of ${plan.rounds}`);
    for (const [name, { median, min, max }] of rows) console.log(`${name.padEnd(42)}${median}  (${min} … ${max})`);
    const cpu = Object.entries(runs.at(-1)?.drainCpuMs ?? {}).filter(([, ms]) => ms > 0);
    console.log(`\nCPU ms an event while it drains: ${cpu.map(([name, ms]) => `${name} ${ms}`).join(', ')}`);
    console.log(`\n${machineText()}; load average ${loadBefore} before, ${loadNow()} after; ${verdict}`);
    const missing = runs.reduce((sum, run) => sum + run.missing, 0);
    if (missing > 0) console.error(`${missing} events were not counted`);
    if (values.json) writeFileSync(values.json, JSON.stringify({ ratios, figures, runs, plan, machine, loadBefore }));
    process.exitCode = clean && missing === 0 ? 0 : 1;
  } finally {
    await stop();
  }
});
