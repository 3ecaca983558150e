/**
 * The same orders on each rung, in turns: one process, five services, one process, five services. Each turn starts its
 * shape on the same data folder, so on the same Postgres and Kafka with the same history, and stops it: an idle system
 * beside the measured one would poll its outbox and hold its memory.
 */
import { loadavg } from 'node:os';
import path from 'node:path';
import { audit } from '../audit/audit.ts';
import { JournalWriter } from '../load/journal-writer.ts';
import { auditedSystem } from '../tools/system/audited.ts';
import { removeReplica } from '../tools/system/faults.ts';
import { askStatus, type Running } from '../tools/system/running.ts';
import { DOUBLED } from './capacity/measure.ts';
import { percentile, round } from './figures.ts';
import { type Bytes, bytesPerOrder, connectionsOf } from './hops.ts';
import { closedLoop, isDone } from './phases.ts';
import { RUNGS, type Rung, type RungName } from './rungs.ts';
import { type Spent, spentBy } from './spent.ts';
import { started } from './started.ts';
import { type Told, Traffic } from './traffic.ts';
import { warm } from './warm.ts';

export type Shape = 'five' | 'single';

export interface ShapesOptions {
  readonly dataDir: string;
  readonly offset: number;
  readonly rungs: readonly RungName[];
  /** How often each rung has its turn. */
  readonly rounds: number;
  /** The number of the first: turns of an earlier run may stand before. */
  readonly firstRound: number;
  readonly warmSecondsMax: number;
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
  readonly rung: RungName;
  readonly round: number;
  /** From the command to "ready". */
  readonly readyS: number;
  readonly warmedS: number;
  readonly settled: boolean;
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
  /** By hop, as its caller sees it; empty where nobody can say. */
  readonly bytesPerOrder: Readonly<Record<string, Bytes>>;
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

/** Every other round goes backwards, so that no rung is always second. */
export async function measureShapes(options: ShapesOptions): Promise<Turn[]> {
  const turns: Turn[] = [];
  for (let at = 0; at < options.rounds; at++) {
    const number = options.firstRound + at;
    for (const rung of number % 2 === 1 ? options.rungs : options.rungs.toReversed()) {
      const turn = await oneTurn(rung, number, options);
      turns.push(turn);
      const { ordersPerS, p50Ms, sequentialP50Ms, nodeCpuMsPerOrder, warmedS } = turn;
      options.say(
        `${number}. ${rung}: ${ordersPerS} orders/s, p50 ${p50Ms} ms, alone ${sequentialP50Ms} ms, ${nodeCpuMsPerOrder} ms of Node's CPU an order, after ${warmedS} s`,
      );
    }
  }
  return turns;
}

async function oneTurn(rung: RungName, number: number, options: ShapesOptions): Promise<Turn> {
  const loadBefore = round(loadavg()[0] ?? 0);
  const { single, env, lone = false }: Rung = RUNGS[rung];
  const { running, readyMs, stop } = await started({ ...options, single, env });
  try {
    if (lone) for (const service of DOUBLED) await removeReplica(running, `${service}-2`);
    const journalFile = path.join(running.dataDir, 'loads', `${rung}-${Date.now()}.jsonl`);
    const measured = await measure(running, journalFile, options);
    const system = auditedSystem(running);
    const report = await audit(system, { waitMs: AUDIT_WAIT_MS, journalFile, progress: () => undefined });
    const { verdict, clean } = report;
    const which = { shape: single ? ('single' as const) : ('five' as const), rung, round: number };
    return { ...which, readyS: round(readyMs / 1_000, 1), loadBefore, ...measured, verdict, clean };
  } finally {
    await stop();
  }
}

type Measured = Omit<Turn, 'shape' | 'rung' | 'round' | 'readyS' | 'loadBefore' | 'verdict' | 'clean'>;

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
    const warmed = await warm(traffic, { clients: options.clients, secondsMax: options.warmSecondsMax });
    const alone = await closedLoop(traffic, 1, options.sequentialSeconds);
    const before = await lookAt(running);
    const [cpu, at] = [process.cpuUsage(), performance.now()];
    const told = await closedLoop(traffic, options.clients, options.seconds);
    const seconds = (performance.now() - at) / 1_000;
    const { user, system } = process.cpuUsage(cpu);
    const after = await lookAt(running);
    const aloneMs = alone.filter(isDone).map(({ ms }) => ms);
    const orders = told.filter(isDone).length;
    return {
      warmedS: warmed.seconds,
      settled: warmed.settled,
      ...figuresOf(told, seconds),
      sequentialP50Ms: percentile(aloneMs, 0.5),
      ...spendingOf(before, after, orders),
      bytesPerOrder: bytesPerOrder(before.connections, after.connections, orders),
      clientCores: round((user + system) / 1e6 / seconds),
    };
  } finally {
    traffic.close();
    journal.close();
  }
}

async function lookAt(running: Running) {
  const status = await askStatus(running.dataDir);
  return {
    spent: spentBy(status),
    connections: connectionsOf(status) ?? [],
    nodes: status.processes.filter(({ runtime }) => runtime === 'node').map(({ name }) => name),
  };
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

interface Look {
  readonly spent: ReadonlyMap<string, Spent>;
  readonly nodes: readonly string[];
}

function spendingOf(before: Look, { spent: after, nodes }: Look, orders: number) {
  const cpu = [...after].map(([name, { cpuMs }]) => [name, cpuMs - (before.spent.get(name)?.cpuMs ?? 0)] as const);
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
