/**
 * The same orders on each rung, in turns: one process, five services, one process, five services. Each turn starts its
 * shape on the same data folder, so on the same Postgres and Kafka with the same history, and stops it; or, together, two
 * shapes stand at once and are asked in windows that follow one another.
 */
import { loadavg } from 'node:os';
import path from 'node:path';
import { audit } from '../audit/audit.ts';
import { auditedSystem } from '../tools/system/audited.ts';
import { removeReplica } from '../tools/system/faults.ts';
import { freeOffset } from '../tools/system/free-offset.ts';
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
const ORDERS_EACH = 4_000;
const AUDIT_WAIT_MS = 30_000;

/** Every other round goes backwards, so that no rung is always second. */
export async function measureShapes(options: ShapesOptions): Promise<Turn[]> {
  const turns: Turn[] = [];
  await inRounds(options, async (rung, number) => {
    const standing = await stand(rung, options.dataDir, options);
    try {
      const warmed = await warmUp(standing, options);
      const measured = await measure(standing, options);
      const turn = { ...standing.start, ...warmed, ...measured, ...(await judge(standing)), round: number };
      options.say(lineOf(turn));
      turns.push(turn);
    } finally {
      await standing.stop();
    }
  });
  return turns;
}

/**
 * All rungs stand at once, each on its own data, and are measured in windows that follow one another: a machine that
 * others make slower for a minute is slow for both, where turns of a minute each would call it a difference. Who is not
 * asked costs a few hundredths of a core, and memory.
 */
export async function measureTogether(options: ShapesOptions): Promise<Turn[]> {
  const standing = new Map<RungName, Standing>();
  const windows: Unjudged[] = [];
  const warmed = new Map<RungName, Warm>();
  try {
    for (const rung of options.rungs) {
      const offset = await freeOffset(RUNGS[rung].single);
      standing.set(rung, await stand(rung, path.join(options.dataDir, 'together', rung), { ...options, offset }));
    }
    for (const [rung, its] of standing) warmed.set(rung, await warmUp(its, options));
    await inRounds(options, async (rung, number) => {
      const its = standing.get(rung) as Standing;
      const measured = await measure(its, options);
      const window = { ...its.start, ...(warmed.get(rung) as Warm), ...measured, round: number };
      options.say(lineOf(window));
      windows.push(window);
    });
    const judged = new Map<RungName, Judged>();
    for (const [rung, its] of standing) judged.set(rung, await judge(its));
    return windows.map((window) => ({ ...window, ...(judged.get(window.rung) as Judged) }));
  } finally {
    await Promise.all([...standing.values()].map(({ stop }) => stop()));
  }
}

async function inRounds(
  { rungs, rounds, firstRound }: ShapesOptions,
  turn: (rung: RungName, number: number) => Promise<void>,
): Promise<void> {
  for (let number = firstRound; number < firstRound + rounds; number++)
    for (const rung of number % 2 === 1 ? rungs : rungs.toReversed()) await turn(rung, number);
}

const lineOf = ({ rung, ordersPerS, p50Ms, sequentialP50Ms, nodeCpuMsPerOrder, warmedS, ...turn }: Unjudged): string =>
  `${turn.round}. ${rung}: ${ordersPerS} orders/s, p50 ${p50Ms} ms, alone ${sequentialP50Ms} ms, ${nodeCpuMsPerOrder} ms of Node's CPU an order, after ${warmedS} s`;

type Judged = Pick<Turn, 'verdict' | 'clean'>;
type Unjudged = Omit<Turn, keyof Judged>;
type Warm = Pick<Turn, 'warmedS' | 'settled'>;
type Start = Pick<Turn, 'shape' | 'rung' | 'readyS' | 'loadBefore'>;
type Measured = Omit<Unjudged, keyof Start | keyof Warm | 'round'>;

/** A rung that runs, and those who will order. */
interface Standing {
  readonly start: Start;
  readonly running: Running;
  readonly traffic: Traffic;
  readonly journalFile: string;
  stop(): Promise<void>;
}

async function stand(rung: RungName, dataDir: string, options: ShapesOptions): Promise<Standing> {
  const loadBefore = round(loadavg()[0] ?? 0);
  const { single, env, lone = false }: Rung = RUNGS[rung];
  const { running, readyMs, stop } = await started({ ...options, dataDir, single, env });
  try {
    if (lone) for (const service of DOUBLED) await removeReplica(running, `${service}-2`);
    const journalFile = path.join(running.dataDir, 'loads', `${rung}-${Date.now()}.jsonl`);
    const traffic = await Traffic.on(running, { journalFile, customers: CUSTOMERS, ordersEach: ORDERS_EACH });
    const start: Start = { shape: single ? 'single' : 'five', rung, readyS: round(readyMs / 1_000, 1), loadBefore };
    const stopAll = async (): Promise<void> => {
      traffic.close();
      await stop();
    };
    return { start, running, traffic, journalFile, stop: stopAll };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function warmUp({ traffic }: Standing, { clients, warmSecondsMax }: ShapesOptions): Promise<Warm> {
  const { seconds, settled } = await warm(traffic, { clients, secondsMax: warmSecondsMax });
  return { warmedS: seconds, settled };
}

async function judge({ running, journalFile }: Standing): Promise<Judged> {
  const system = auditedSystem(running);
  const report = await audit(system, { waitMs: AUDIT_WAIT_MS, journalFile, progress: () => undefined });
  return { verdict: report.verdict, clean: report.clean };
}

async function measure({ running, traffic }: Standing, options: ShapesOptions): Promise<Measured> {
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
    ...figuresOf(told, seconds),
    sequentialP50Ms: percentile(aloneMs, 0.5),
    ...spendingOf(before, after, orders),
    bytesPerOrder: bytesPerOrder(before.connections, after.connections, orders),
    clientCores: round((user + system) / 1e6 / seconds),
  };
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
