/**
 * `npm run bench:rest`: how long a warm start takes, what all Node processes hold in memory, and how many menus a second are
 * read, for both shapes in turns. docs/price.md.
 *
 *   node bench/rest.ts [--rounds 2] [--seconds 6] [--clients 12] [--warm-seconds 15] [--data FOLDER] [--offset 2600]
 *                      [--json FILE] [--short]
 */
import '../tools/system/program.ts';

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { command } from '../tools/system/command.ts';
import { askStatus, type Running } from '../tools/system/running.ts';
import { type Figure, figureOf, percentile, round } from './figures.ts';
import { loadNow, machine, machineText } from './machine.ts';
import { amount, count, forOwnSystem, optionsOf } from './options.ts';
import { closedLoop, isDone } from './phases.ts';
import { started } from './started.ts';
import { Traffic } from './traffic.ts';
import { warm } from './warm.ts';

const values = optionsOf('Warm start, memory and menus a second of both shapes.', {
  ...forOwnSystem,
  rounds: count('2'),
  seconds: amount('6'),
  /** A gateway lets in 14 reads at once, six tenths of its 24 places. */
  clients: count('12'),
  'warm-seconds': amount('15'),
});
const plan = {
  rounds: values.short ? 1 : values.rounds,
  seconds: values.short ? 1 : values.seconds,
  warmSecondsMax: values.short ? 1 : values['warm-seconds'],
  clients: values.clients,
};
const TRACE_RATIO = 0.1;
const SHAPES = ['five', 'single'] as const;
type Shape = (typeof SHAPES)[number];

interface Turn {
  readonly shape: Shape;
  /** From the command to "ready", on data of an earlier run. */
  readonly readyS: number;
  readonly rssReadyMb: number;
  readonly rssAfterMb: number;
  readonly menusPerS: number;
  readonly menuP50Ms: number;
  readonly menuP99Ms: number;
  readonly notDone: number;
}

const dataDir = values.data;
const journals = path.join(dataDir, 'loads');

const rssMbOf = async ({ dataDir: folder }: Running): Promise<number> =>
  Math.round((await askStatus(folder)).rssNodeKb / 1_024);

async function measure(running: Running): Promise<Omit<Turn, 'shape' | 'readyS'>> {
  const rssReadyMb = await rssMbOf(running);
  const journalFile = path.join(journals, `rest-${Date.now()}.jsonl`);
  const traffic = await Traffic.on(running, { journalFile, customers: 1, ordersEach: 1 });
  try {
    await warm(traffic, { clients: plan.clients, secondsMax: plan.warmSecondsMax, kind: 'menu' });
    const startedAt = performance.now();
    const told = await closedLoop(traffic, plan.clients, plan.seconds, 'menu');
    const seconds = (performance.now() - startedAt) / 1_000;
    const ms = told.filter(isDone).map((one) => one.ms);
    return {
      rssReadyMb,
      rssAfterMb: await rssMbOf(running),
      menusPerS: round(ms.length / seconds, 0),
      menuP50Ms: percentile(ms, 0.5),
      menuP99Ms: percentile(ms, 0.99),
      notDone: told.length - ms.length,
    };
  } finally {
    traffic.close();
  }
}

async function oneTurn(shape: Shape): Promise<Turn> {
  const single = shape === 'single';
  const { running, readyMs, stop } = await started({
    dataDir,
    offset: values.offset,
    single,
    traceRatio: TRACE_RATIO,
  });
  try {
    return { shape, readyS: round(readyMs / 1_000, 1), ...(await measure(running)) };
  } finally {
    await stop();
  }
}

const FIGURES = {
  readyS: 'warm start to ready, s',
  rssReadyMb: 'memory of Node when ready, MB',
  rssAfterMb: 'memory of Node after the reads, MB',
  menusPerS: 'menus/s',
  menuP50Ms: 'p50 of a menu, ms',
  menuP99Ms: 'p99 of a menu, ms',
} as const satisfies Partial<Record<keyof Turn, string>>;

await command(async () => {
  mkdirSync(journals, { recursive: true });
  const loadBefore = loadNow();
  // The first start of a folder makes its databases: not what is measured.
  await (await started({ dataDir, offset: values.offset, single: true, traceRatio: TRACE_RATIO })).stop();
  const turns: Turn[] = [];
  for (let number = 1; number <= plan.rounds; number++)
    for (const shape of number % 2 ? SHAPES : SHAPES.toReversed()) {
      turns.push(await oneTurn(shape));
      console.error(`${number}. ${JSON.stringify(turns.at(-1))}`);
    }
  const names = Object.keys(FIGURES) as (keyof typeof FIGURES)[];
  const figureFor = (shape: Shape, name: keyof typeof FIGURES): Figure =>
    figureOf(turns.filter((turn) => turn.shape === shape).map((turn) => turn[name]));
  const textOf = ({ median, min, max }: Figure): string => `${median}  (${min} … ${max})`.padEnd(30);
  console.log(`${''.padEnd(38)}${'five services'.padEnd(30)}one process`);
  for (const name of names)
    console.log((FIGURES[name].padEnd(38) + SHAPES.map((shape) => textOf(figureFor(shape, name))).join('')).trimEnd());
  console.log(`\n${machineText()}; load average ${loadBefore} before, ${loadNow()} after`);
  if (values.json) writeFileSync(values.json, JSON.stringify({ turns, plan, machine, loadBefore }));
  const refused = turns.reduce((sum, { notDone }) => sum + notDone, 0);
  if (refused > 0) console.error(`${refused} menus were not read`);
  process.exitCode = refused > 0 ? 1 : 0;
});
