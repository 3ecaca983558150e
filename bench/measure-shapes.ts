/**
 * The same orders on both shapes, in turns: five services, one process, five services, one process. Each turn starts its
 * shape on the same data folder, so on the same Postgres and Kafka with the same history, and stops it: an idle system
 * beside the measured one would poll its outbox and hold its memory.
 */
import { loadavg } from 'node:os';
import path from 'node:path';
import { audit } from '../audit/audit.ts';
import { JournalWriter } from '../load/journal-writer.ts';
import { auditedSystem } from '../tools/system/audited.ts';
import { askStatus, type Running } from '../tools/system/running.ts';
import { percentile, round } from './figures.ts';
import { closedLoop, isDone } from './phases.ts';
import { type Spent, spentBy } from './spent.ts';
import { started } from './started.ts';
import { type Told, Traffic } from './traffic.ts';

export type Shape = 'five' | 'single';
export const SHAPES = ['five', 'single'] as const satisfies readonly Shape[];

export interface ShapesOptions {
  readonly dataDir: string;
  readonly offset: number;
  /** How often each shape has its turn. */
  readonly rounds: number;
  readonly warmSeconds: number;
  /** Of one client, who waits for each answer before the next order. */
  readonly sequentialSeconds: number;
  readonly seconds: number;
  /** In a closed loop; below the places of one gateway, so that nobody is refused. */
  readonly clients: number;
  readonly traceRatio: number;
  say(line: string): void;
}

export interface Turn {
  readonly shape: Shape;
  /** From the command to "ready". */
  readonly readyS: number;
  readonly ordersPerS: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly sequentialP50Ms: number;
  /** By process, and of all Node processes together. Only orders that were done count. */
  readonly cpuMsPerOrder: Readonly<Record<string, number>>;
  readonly nodeCpuMsPerOrder: number;
  readonly rssMb: Readonly<Record<string, number>>;
  readonly nodeRssMb: number;
  readonly done: number;
  /** By status and reason. */
  readonly notDone: Readonly<Record<string, number>>;
  /** Cores that this client used: they are the system's on the same machine. */
  readonly clientCores: number;
  /** Processes that wanted a core over the last minute: above what the turn itself makes, somebody else was here. */
  readonly loadBefore: number;
  readonly verdict: string;
  readonly clean: boolean;
}

const CUSTOMERS = 40;
const ORDERS_EACH = 1_000;
const AUDIT_WAIT_MS = 30_000;

export async function measureShapes(options: ShapesOptions): Promise<Turn[]> {
  const turns: Turn[] = [];
  for (let number = 1; number <= options.rounds; number++) {
    for (const shape of SHAPES) {
      const turn = await oneTurn(shape, options);
      turns.push(turn);
      const { ordersPerS, p50Ms, sequentialP50Ms, nodeCpuMsPerOrder } = turn;
      options.say(
        `${number}. ${shape}: ${ordersPerS} orders/s, p50 ${p50Ms} ms, alone ${sequentialP50Ms} ms, ${nodeCpuMsPerOrder} ms of Node's CPU an order`,
      );
    }
  }
  return turns;
}

async function oneTurn(shape: Shape, options: ShapesOptions): Promise<Turn> {
  const loadBefore = round(loadavg()[0] ?? 0);
  const { running, readyMs, stop } = await started({ ...options, single: shape === 'single' });
  try {
    const journalFile = path.join(running.dataDir, 'loads', `${shape}-${Date.now()}.jsonl`);
    const measured = await measure(running, journalFile, options);
    const system = auditedSystem(running);
    const report = await audit(system, { waitMs: AUDIT_WAIT_MS, journalFile, progress: () => undefined });
    const { verdict, clean } = report;
    return { shape, readyS: round(readyMs / 1_000, 1), loadBefore, ...measured, verdict, clean };
  } finally {
    await stop();
  }
}

type Measured = Omit<Turn, 'shape' | 'readyS' | 'loadBefore' | 'verdict' | 'clean'>;

async function measure(running: Running, journalFile: string, options: ShapesOptions): Promise<Measured> {
  const staff = running.demoAccounts.find(({ roles }) => roles.includes('staff'));
  if (!staff) throw new Error('there is no demo account of the staff');
  const journal = new JournalWriter(journalFile);
  const traffic = await Traffic.make({
    url: running.url,
    staff,
    journal,
    customers: CUSTOMERS,
    ordersEach: ORDERS_EACH,
  });
  try {
    await closedLoop(traffic, options.clients, options.warmSeconds);
    const alone = await closedLoop(traffic, 1, options.sequentialSeconds);
    const before = spentBy(await askStatus(running.dataDir));
    const [cpu, at] = [process.cpuUsage(), performance.now()];
    const told = await closedLoop(traffic, options.clients, options.seconds);
    const seconds = (performance.now() - at) / 1_000;
    const { user, system } = process.cpuUsage(cpu);
    const status = await askStatus(running.dataDir);
    const nodes = status.processes.filter(({ runtime }) => runtime === 'node').map(({ name }) => name);
    return {
      ...figuresOf(told, seconds),
      sequentialP50Ms: percentile(
        alone.filter(isDone).map(({ ms }) => ms),
        0.5,
      ),
      ...spendingOf({ before, after: spentBy(status), nodes }, told.filter(isDone).length),
      clientCores: round((user + system) / 1e6 / seconds),
    };
  } finally {
    traffic.close();
    journal.close();
  }
}

function figuresOf(told: readonly Told[], seconds: number) {
  const ms = told.filter(isDone).map((one) => one.ms);
  const notDone: Record<string, number> = {};
  for (const { status, reason } of told.filter((one) => !isDone(one))) {
    const name = `${status ?? 'broken'} ${reason}`;
    notDone[name] = (notDone[name] ?? 0) + 1;
  }
  return {
    ordersPerS: round(ms.length / seconds, 1),
    p50Ms: percentile(ms, 0.5),
    p99Ms: percentile(ms, 0.99),
    p999Ms: percentile(ms, 0.999),
    done: ms.length,
    notDone,
  };
}

interface Spending {
  readonly before: ReadonlyMap<string, Spent>;
  readonly after: ReadonlyMap<string, Spent>;
  readonly nodes: readonly string[];
}

function spendingOf({ before, after, nodes }: Spending, orders: number) {
  const cpu = [...after].map(([name, { cpuMs }]) => [name, cpuMs - (before.get(name)?.cpuMs ?? 0)] as const);
  const sum = (names: readonly string[], of: (name: string) => number): number =>
    names.reduce((total, name) => total + of(name), 0);
  const cpuOf = new Map(cpu);
  return {
    cpuMsPerOrder: Object.fromEntries(cpu.map(([name, ms]) => [name, round(ms / orders, 3)])),
    nodeCpuMsPerOrder: round(sum(nodes, (name) => cpuOf.get(name) ?? 0) / orders),
    rssMb: Object.fromEntries([...after].map(([name, { rssMb }]) => [name, rssMb])),
    nodeRssMb: sum(nodes, (name) => after.get(name)?.rssMb ?? 0),
  };
}
