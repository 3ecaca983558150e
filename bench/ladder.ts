/** From turns to figures: each rung by itself, and ratios of what stood beside each other in one round. */
import { type Figure, figureOf, round } from './figures.ts';
import type { Bytes } from './hops.ts';
import type { Turn } from './measure-shapes.ts';
import type { Panel } from './plot.ts';
import { RUNGS, type RungName, rungNames } from './rungs.ts';

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
export type Name = (typeof FIGURES)[number];
export type Figures = Readonly<Record<Name, Figure>>;

export interface LadderRung {
  readonly rung: RungName;
  readonly says: string;
  readonly figures: Figures;
  /** Medians of its turns, by process. */
  readonly cpuMsPerOrder: Readonly<Record<string, number>>;
}

export interface Result<Plan, Machine> {
  readonly ratios: Readonly<Record<string, Figure>>;
  /** The top of each shape, as shipped. */
  readonly shapes: { readonly five?: Figures; readonly single?: Figures };
  readonly ladder: readonly LadderRung[];
  /** By rung and hop. */
  readonly bytesPerOrder: Readonly<Partial<Record<RungName, Readonly<Record<string, Bytes>>>>>;
  readonly plan: Plan;
  readonly machine: Machine;
  readonly turns: readonly Turn[];
}

export function resultOf<Plan, Machine>(turns: readonly Turn[], plan: Plan, machine: Machine): Result<Plan, Machine> {
  const ladder = rungNames
    .map((rung) => [rung, turns.filter((turn) => turn.rung === rung)] as const)
    .filter(([, its]) => its.length > 0);
  const figures = new Map(ladder.map(([rung, its]) => [rung, figuresOf(its)]));
  const [five, single] = [figures.get('five'), figures.get('single')];
  return {
    ratios: ratiosOf(turns),
    shapes: { ...(five ? { five } : {}), ...(single ? { single } : {}) },
    ladder: ladder.map(([rung, its]) => ({
      rung,
      says: RUNGS[rung].says,
      figures: figures.get(rung) as Figures,
      cpuMsPerOrder: mediansOf(its.map(({ cpuMsPerOrder }) => cpuMsPerOrder)),
    })),
    bytesPerOrder: Object.fromEntries(ladder.map(([rung, its]) => [rung, bytesOf(its)])),
    plan,
    machine,
    turns,
  };
}

const figuresOf = (turns: readonly Turn[]): Figures =>
  Object.fromEntries(FIGURES.map((name) => [name, figureOf(turns.map((turn) => turn[name]))])) as unknown as Figures;

const median = (values: readonly number[]): number => figureOf(values).median;

/** Of each name that any of them has, by those that have it. */
function mediansOf(all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const names = new Set(all.flatMap((one) => Object.keys(one)));
  return Object.fromEntries([...names].map((name) => [name, median(all.flatMap((one) => one[name] ?? []))]));
}

function bytesOf(turns: readonly Turn[]): Record<string, Bytes> {
  const sides = (['sent', 'received'] as const).map((side) =>
    mediansOf(
      turns.map(({ bytesPerOrder }) =>
        Object.fromEntries(Object.entries(bytesPerOrder).map(([hop, bytes]) => [hop, bytes[side]])),
      ),
    ),
  );
  const [sent = {}, received = {}] = sides;
  return Object.fromEntries(
    Object.keys(sent).map((hop) => [hop, { sent: sent[hop] ?? 0, received: received[hop] ?? 0 }]),
  );
}

interface Pair {
  readonly name: string;
  readonly of: readonly [RungName, RungName];
  ratio(one: Turn, other: Turn): number;
}

const rate = ({ ordersPerS }: Turn): number => ordersPerS;
const cpu = ({ nodeCpuMsPerOrder }: Turn): number => nodeCpuMsPerOrder;

/** A step of the ladder, once by what clients see and once by what it takes, which waiting and neighbours hardly touch. */
const step = (says: string, of: Pair['of']): Pair[] => [
  { name: `orders/s, ${says}`, of, ratio: (one, other) => rate(one) / rate(other) },
  { name: `Node's CPU an order, ${says}`, of, ratio: (one, other) => cpu(one) / cpu(other) },
];

const PAIRS: readonly Pair[] = [
  { name: 'orders/s, five ÷ single', of: ['five', 'single'], ratio: (five, single) => rate(five) / rate(single) },
  {
    name: 'sequential p50, five − single (ms)',
    of: ['five', 'single'],
    ratio: (five, single) => five.sequentialP50Ms - single.sequentialP50Ms,
  },
  { name: "Node's CPU an order, five ÷ single", of: ['five', 'single'], ratio: (one, other) => cpu(one) / cpu(other) },
  {
    name: 'memory of Node, five ÷ single',
    of: ['five', 'single'],
    ratio: (five, single) => five.nodeRssMb / single.nodeRssMb,
  },
  ...step('bare chain ÷ single', ['bare', 'single']),
  ...step('deadlines and retries ÷ bare', ['retries', 'bare']),
  ...step('breakers and bulkheads ÷ without', ['guarded', 'retries']),
  ...step('all policies ÷ bare', ['guarded', 'bare']),
  ...step('traced in part ÷ not', ['five', 'guarded']),
  ...step('all traced ÷ none', ['traced', 'guarded']),
  ...step('calls together ÷ each alone', ['five', 'apart']),
  ...step('one replica of each ÷ two', ['lone', 'five']),
  ...step('one replica of each ÷ single', ['lone', 'single']),
];

/** Of one round only, so that a machine which grew slower counts against both. */
function ratiosOf(turns: readonly Turn[]): Record<string, Figure> {
  const byRound = Map.groupBy(turns, ({ round: number }) => number);
  return Object.fromEntries(
    PAIRS.flatMap(({ name, of, ratio }) => {
      const ratios = [...byRound.values()].flatMap((its) => {
        const [one, other] = of.map((rung) => its.find((turn) => turn.rung === rung));
        return one && other ? [round(ratio(one, other))] : [];
      });
      return ratios.length > 0 ? [[name, figureOf(ratios)]] : [];
    }),
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

type Shown = Pick<Result<unknown, unknown>, 'ratios' | 'ladder' | 'bytesPerOrder'>;

export const panelsOf = ({ ladder }: Shown): Panel[] =>
  FIGURES.map((name) => ({
    title: TITLES[name],
    bars: ladder.map(({ rung, figures }) => ({ name: rung, figure: figures[name] })),
  }));

/** As many ratios as one line holds. */
const HEADED = 3;

export const headingOf = ({ ratios }: Shown): string =>
  Object.entries(ratios)
    .slice(0, HEADED)
    .map(([name, { median: middle }]) => `${name}: ${middle}`)
    .join('   ');

const WIDTH = { name: 52, narrow: 28, figure: 26, cell: 16 };
const figureText = ({ median: middle, min, max }: Figure): string => `${middle}  (${min} … ${max})`;

/** A row for each name, a cell for each rung. */
function tableOf<Row extends string>(
  ladder: readonly LadderRung[],
  rows: Readonly<Record<Row, string>>,
  { width, cellOf }: { readonly width: number; cellOf(row: Row, rung: LadderRung): string },
): string[] {
  const line = (name: string, cells: readonly string[]): string =>
    name.padEnd(WIDTH.narrow) + cells.map((cell) => cell.padEnd(width)).join('');
  const names = ladder.map(({ rung }) => rung);
  const rowNames = Object.keys(rows) as Row[];
  return [
    line('', names),
    ...rowNames.map((row) =>
      line(
        rows[row],
        ladder.map((rung) => cellOf(row, rung)),
      ),
    ),
  ];
}

/** Names that any of them has, each by itself. */
const namesIn = (all: readonly object[]): Record<string, string> =>
  Object.fromEntries(all.flatMap((one) => Object.keys(one).map((name) => [name, name])));

export function textOf({ ratios, ladder, bytesPerOrder }: Shown): string {
  const bytesOn = (rung: RungName): Readonly<Record<string, Bytes>> => bytesPerOrder[rung] ?? {};
  const bytesText = (bytes: Bytes | undefined): string => (bytes ? `${bytes.sent} + ${bytes.received}` : '-');
  return [
    `${'ratio'.padEnd(WIDTH.name)}median  (least … most) of its pairs`,
    ...Object.entries(ratios).map(([name, ratio]) => name.padEnd(WIDTH.name) + figureText(ratio)),
    '',
    ...tableOf(ladder, TITLES, { width: WIDTH.figure, cellOf: (name, { figures }) => figureText(figures[name]) }),
    '',
    ...ladder.map(({ rung, says }) => `${rung.padEnd(10)}${says}`),
    '',
    'CPU ms an order',
    ...tableOf(ladder, namesIn(ladder.map(({ cpuMsPerOrder }) => cpuMsPerOrder)), {
      width: WIDTH.cell,
      cellOf: (name, { cpuMsPerOrder }) => String(cpuMsPerOrder[name] ?? '-'),
    }),
    '',
    'bytes an order: sent + received by whoever opened the connection',
    ...tableOf(ladder, namesIn(ladder.map(({ rung }) => bytesOn(rung))), {
      width: WIDTH.cell,
      cellOf: (hop, { rung }) => bytesText(bytesOn(rung)[hop]),
    }),
  ]
    .join('\n')
    .replaceAll(/ +$/gm, '');
}
