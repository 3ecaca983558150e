/**
 * `npm run bench:history`: whether a long past makes orders and reads slower. Two Postgres servers at once, one with a history of
 * 1,000 orders and one with 1,000,000, and storage's own use cases on both in turns; no gRPC, no Kafka. docs/price.md.
 *
 *   node bench/history.ts [--orders 1000000] [--rounds 5] [--seconds 1.5] [--json FILE]
 */
import '../tools/system/program.ts';

import { writeFileSync } from 'node:fs';
import { command } from '../tools/system/command.ts';
import { type Figure, figureOf, percentile, round } from './figures.ts';
import { breachesIn, fillHistory, READERS_ORDERS, type Size, sizeOf } from './history/history-store.ts';
import { loadNow, machine, machineText } from './machine.ts';
import { amount, count, optionalPath, optionsOf } from './options.ts';
import { type Kind, kindsOf } from './storage/kinds.ts';
import { StorageTrial } from './storage/trial.ts';

const values = optionsOf('Orders and reads with a long past and with a short one.', {
  orders: count('1000000', READERS_ORDERS),
  rounds: count('5'),
  seconds: amount('1.5'),
  json: optionalPath,
});
const plan = { orders: values.orders, rounds: values.rounds, seconds: values.seconds };
const say = (line: string): void => console.error(line);

const WARM_S = 1;

async function p50Of({ callers, once }: Kind, seconds: number): Promise<number> {
  const until = performance.now() + seconds * 1_000;
  const ms: number[] = [];
  const caller = async (): Promise<void> => {
    for (let at = performance.now(); at < until; at = performance.now()) {
      await once();
      ms.push(performance.now() - at);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return percentile(ms, 0.5);
}

interface Row {
  readonly name: string;
  readonly ratio: Figure;
  readonly short: Figure;
  readonly long: Figure;
}

/** Short, long, long, short, …: what the machine does meanwhile hits both alike. */
async function measure(short: StorageTrial, long: StorageTrial): Promise<Row[]> {
  const both = [kindsOf(short), kindsOf(long)] as const;
  for (const kind of both.flat()) await p50Of(kind, WARM_S);
  const rows: Row[] = [];
  for (const [at, { name }] of both[0].entries()) {
    const taken: [number[], number[]] = [[], []];
    for (let number = 1; number <= plan.rounds; number++) {
      for (const which of number % 2 ? ([0, 1] as const) : ([1, 0] as const))
        taken[which].push(await p50Of(both[which][at] as Kind, plan.seconds));
    }
    const [ofShort, ofLong] = taken;
    const ratio = figureOf(ofLong.map((ms, n) => round(ms / (ofShort[n] ?? Number.NaN))));
    rows.push({ name, ratio, short: figureOf(ofShort), long: figureOf(ofLong) });
    say(`${name}: ${ratio.median} times`);
  }
  return rows;
}

async function fill(trial: StorageTrial, orders: number): Promise<Size> {
  const startedAt = performance.now();
  const progress = (there: number): void => {
    if (there % 100_000 === 0) say(`${there} orders after ${round((performance.now() - startedAt) / 1_000, 0)} s`);
  };
  await fillHistory(trial.ownerUrl, { orders, seeded: trial.seeded, progress });
  await trial.checkpoint();
  return sizeOf(trial.ownerUrl);
}

const textOf = ({ median, min, max }: Figure): string => `${median} (${min} … ${max})`.padEnd(26);

await command(async () => {
  const loadBefore = loadNow();
  say('starting two Postgres servers');
  const short = await StorageTrial.begin();
  try {
    const long = await StorageTrial.begin();
    try {
      const sizes = [await fill(short, READERS_ORDERS), await fill(long, plan.orders)] as const;
      const rows = await measure(short, long);
      console.log(
        `${'p50 in ms'.padEnd(26)}${'long ÷ short'.padEnd(26)}${`${sizes[0].orders} orders`.padEnd(26)}${sizes[1].orders} orders`,
      );
      for (const row of rows)
        console.log(row.name.padEnd(26) + textOf(row.ratio) + textOf(row.short) + textOf(row.long));
      console.log(`\n${sizes.map(({ orders, mb }) => `${orders} orders: ${mb} MB`).join(', ')}`);
      console.log(`${machineText()}; load average ${loadBefore} before, ${loadNow()} after`);
      say('asking the audit of both');
      const breaches = [...(await breachesIn(short.ownerUrl)), ...(await breachesIn(long.ownerUrl))];
      for (const breach of breaches) say(`BREACH ${breach}`);
      if (breaches.length === 0) console.log("the audit's questions to storage's tables: clean in both");
      if (values.json) writeFileSync(values.json, JSON.stringify({ rows, sizes, plan, machine, loadBefore, breaches }));
      process.exitCode = breaches.length > 0 ? 1 : 0;
    } finally {
      await long.end();
    }
  } finally {
    await short.end();
  }
});
