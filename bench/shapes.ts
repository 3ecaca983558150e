/**
 * `npm run bench`: what five services cost over one process, measured in turns in one run. docs/single.md.
 *
 *   node bench/shapes.ts [--data FOLDER] [--offset 2600] [--rounds 3] [--seconds 12] [--clients 16]
 *                        [--trace-ratio 0.1] [--json FILE] [--svg FILE] [--short]
 */
import { writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type Figure, figureOf, round } from './figures.ts';
import { measureShapes, SHAPES, type Shape, type Turn } from './measure-shapes.ts';
import { type Panel, svgOf } from './plot.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: path.resolve(import.meta.dirname, '../.seams/bench') },
    offset: { type: 'string', default: '2600' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '12' },
    clients: { type: 'string', default: '16' },
    'trace-ratio': { type: 'string', default: '0.1' },
    json: { type: 'string' },
    svg: { type: 'string' },
    /** One round of seconds: that it runs, not how quick it is. */
    short: { type: 'boolean', default: false },
  },
});

const FIGURES = [
  'ordersPerS',
  'p50Ms',
  'p99Ms',
  'p999Ms',
  'sequentialP50Ms',
  'nodeCpuMsPerOrder',
  'nodeRssMb',
  'readyS',
] as const;
type Name = (typeof FIGURES)[number];
type Figures = Readonly<Record<Name, Figure>>;

const figuresOf = (turns: readonly Turn[], shape: Shape): Figures =>
  Object.fromEntries(
    FIGURES.map((name) => [name, figureOf(turns.filter((turn) => turn.shape === shape).map((turn) => turn[name]))]),
  ) as unknown as Figures;

/** Of neighbours in time, so that a machine which grew slower counts against both. */
function ratiosOf(turns: readonly Turn[]) {
  const [five, single] = SHAPES.map((shape) => turns.filter((turn) => turn.shape === shape)) as [Turn[], Turn[]];
  const paired = (of: (five: Turn, single: Turn) => number): Figure =>
    figureOf(five.map((turn, at) => round(of(turn, single[at] as Turn))));
  return {
    'orders/s, five ÷ single': paired((a, b) => a.ordersPerS / b.ordersPerS),
    'sequential p50, five − single (ms)': paired((a, b) => a.sequentialP50Ms - b.sequentialP50Ms),
    "Node's CPU an order, five ÷ single": paired((a, b) => a.nodeCpuMsPerOrder / b.nodeCpuMsPerOrder),
    'memory of Node, five ÷ single': paired((a, b) => a.nodeRssMb / b.nodeRssMb),
  };
}

const machine = {
  cores: os.cpus().length,
  processor: os.cpus()[0]?.model ?? 'unknown',
  memoryGb: round(os.totalmem() / 2 ** 30, 1),
  kernel: `${os.type()} ${os.release()}`,
  node: process.version,
};

const plan = {
  rounds: values.short ? 1 : Number(values.rounds),
  warmSeconds: values.short ? 1 : 4,
  sequentialSeconds: values.short ? 1 : 4,
  seconds: values.short ? 3 : Number(values.seconds),
  clients: Number(values.clients),
  traceRatio: Number(values['trace-ratio']),
};

const rowOf = (name: string, figures: readonly Figure[]): string =>
  name.padEnd(36) + figures.map(({ median, min, max }) => `${median}  (${min} … ${max})`.padEnd(30)).join('');

function show(result: Result): void {
  const [five, single] = SHAPES.map((shape) => result.shapes[shape]) as [Figures, Figures];
  console.log(`\n${'ratio'.padEnd(36)}median  (least … most) of ${plan.rounds} pairs`);
  for (const [name, ratio] of Object.entries(result.ratios)) console.log(rowOf(name, [ratio]));
  console.log(`\n${''.padEnd(36)}${'five services'.padEnd(30)}one process`);
  for (const name of FIGURES) console.log(rowOf(name, [five[name], single[name]]));
  console.log('\nCPU ms an order, by process (last turns)');
  for (const shape of SHAPES) {
    const last = result.turns.findLast((turn) => turn.shape === shape);
    const parts = Object.entries(last?.cpuMsPerOrder ?? {}).map(([name, ms]) => `${name} ${ms}`);
    console.log(`  ${shape.padEnd(8)}${parts.join(', ')}`);
  }
  const loads = result.turns.map(({ loadBefore }) => loadBefore);
  console.log(
    `\n${machine.cores} cores (${machine.processor}), ${machine.memoryGb} GB, Node ${machine.node}; ${plan.clients} clients in a closed loop on the same machine, traces ${plan.traceRatio * 100} %; load average before the turns ${loads.join(', ')}`,
  );
}

const TITLES: Readonly<Record<Name, string>> = {
  ordersPerS: 'orders/s',
  p50Ms: 'p50, ms',
  p99Ms: 'p99, ms',
  p999Ms: 'p99.9, ms',
  sequentialP50Ms: 'p50 of one client, ms',
  nodeCpuMsPerOrder: "Node's CPU, ms an order",
  nodeRssMb: 'memory of Node, MB',
  readyS: 'start to ready, s',
};

const panelsOf = ({ shapes }: Result): Panel[] =>
  FIGURES.map((name) => ({
    title: TITLES[name],
    bars: [
      { name: 'five', figure: shapes.five[name] },
      { name: 'single', figure: shapes.single[name] },
    ],
  }));

/** As many ratios as one line holds. */
const HEADED = 3;

const headingOf = ({ ratios }: Result): string =>
  Object.entries(ratios)
    .slice(0, HEADED)
    .map(([name, { median }]) => `${name}: ${median}`)
    .join('   ');

interface Result {
  readonly ratios: Readonly<Record<string, Figure>>;
  readonly shapes: Readonly<Record<Shape, Figures>>;
  readonly plan: typeof plan;
  readonly machine: typeof machine;
  readonly turns: readonly Turn[];
}

const turns = await measureShapes({
  ...plan,
  dataDir: path.resolve(values.data),
  offset: Number(values.offset),
  say: (line) => console.error(line),
});
const result: Result = {
  ratios: ratiosOf(turns),
  shapes: { five: figuresOf(turns, 'five'), single: figuresOf(turns, 'single') },
  plan,
  machine,
  turns,
};
show(result);
if (values.json) writeFileSync(values.json, `${JSON.stringify(result, undefined, 2)}\n`);
if (values.svg) writeFileSync(values.svg, svgOf(headingOf(result), panelsOf(result)));
const wrong = turns.filter(({ clean, notDone }) => !clean || Object.keys(notDone).length > 0);
for (const { shape, verdict, notDone } of wrong)
  console.error(`${shape}: ${verdict}; not done ${JSON.stringify(notDone)}`);
process.exitCode = turns.every(({ clean }) => clean) ? 0 : 1;
