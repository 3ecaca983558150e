/** A load with a journal while something is done to the cluster, and the audit that holds the journal against the stores. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditReport } from '../../audit/verdict.ts';
import { isDefinite } from '../../load/answers.ts';
import { runLoad } from '../../load/load.ts';
import type { LoadResult } from '../../load/result.ts';
import { auditWith } from './audit.ts';
import { CHECKOUT } from './chart.ts';
import { type ClusterSystem, loadedSystem } from './system.ts';

export interface LoadPlan {
  /** Orders a second. */
  readonly rate: number;
  readonly seed: number;
  /** Bounds what is planned; the load ends when the work ends. */
  readonly secondsMax: number;
}

interface Attempt {
  readonly sentAt: number;
  /** Unix milliseconds at which its answer came, or its connection broke. */
  readonly at: number;
  readonly definite: boolean;
  readonly broken: boolean;
}

/** What clients saw, attempt by attempt, as it went on. Moments are Unix milliseconds. */
export interface Seen {
  /** Attempts that got no definite answer: 429, 503, 504, a broken connection. */
  failuresBetween(from: number, to: number): number;
  lastFailureAt(): number | undefined;
  /** The longest time between two definite answers that touches this interval. */
  longestSilenceMs(from: number, to: number): number;
}

export interface Loaded<T> {
  readonly value: T;
  readonly load: LoadResult;
  /** First attempts without a definite answer. 0 is "nobody noticed". */
  readonly failed: number;
  /** Attempts whose connection broke before an answer: what no shortage of CPU explains. */
  readonly broken: number;
  readonly machine: Machine;
  readonly audit: AuditReport;
}

/** Whether the machine had CPU to spare. Where it had not, requests run into their deadlines whatever is done to the cluster. */
export interface Machine {
  /** The median answer before anything was done and after it, whichever is slower. */
  readonly calmMs: number;
  /** Of the time of the work, in which something waited for CPU. Undefined where the kernel does not tell. */
  readonly cpuWaitedFor: number | undefined;
  /** A sentence when it had none. */
  readonly starved: string | undefined;
}

/** Alone on two cores an order takes 50 ms. */
const CALM_MS_MAX = 150;
/** An upgrade on two cores that others used a little: 0.78, and no request failed. */
const CPU_WAITED_FOR_MAX = 0.85;
const CALM_FOR_MS = 4_000;
const CPU_PRESSURE = '/proc/pressure/cpu';
const CUSTOMERS = 6;
const REPLAYS_MAX = 200;

export async function underLoad<T>(
  system: ClusterSystem,
  plan: LoadPlan,
  work: (seen: Seen) => Promise<T>,
): Promise<Loaded<T>> {
  const attempts: Attempt[] = [];
  const end = new AbortController();
  const begun = Promise.withResolvers<void>();
  const journalFile = path.join(CHECKOUT, '.seams/cluster', `load-${plan.seed}-${Date.now()}.jsonl`);
  mkdirSync(path.dirname(journalFile), { recursive: true });
  const loading = runLoad(loadedSystem(system), {
    seed: plan.seed,
    rate: plan.rate,
    seconds: plan.secondsMax,
    customers: CUSTOMERS,
    replaysMax: REPLAYS_MAX,
    journalFile,
    audit: false,
    signal: end.signal,
    answered: ({ sentAt, outcome, status }) => {
      attempts.push({ sentAt, at: Date.now(), definite: isDefinite(outcome), broken: status === undefined });
      begun.resolve();
    },
  });
  try {
    // One that cannot begin ends the wait, too.
    await Promise.race([begun.promise, loading]);
    const calmBefore = await calm(attempts);
    const waited = cpuWait();
    const value = await work(seenOf(attempts));
    const machine = machineOf(waited(), Math.max(calmBefore, await calm(attempts)));
    end.abort();
    const load = await loading;
    const { notDone, unknown } = load.orders.first;
    const broken = attempts.filter((attempt) => attempt.broken).length;
    const audit = await auditWith(system, readFileSync(journalFile, 'utf8'));
    return { value, load, failed: notDone + unknown, broken, machine, audit };
  } catch (error) {
    end.abort();
    await loading.catch(() => {}); // the first failure is the one that is told
    throw error;
  }
}

/** The median answer of some seconds in which nothing is done. */
async function calm(attempts: readonly Attempt[]): Promise<number> {
  const from = Date.now();
  await sleep(CALM_FOR_MS);
  const took = attempts.filter(({ at }) => at >= from).map(({ sentAt, at }) => at - sentAt);
  return took.sort((a, b) => a - b)[Math.floor(took.length / 2)] ?? CALM_FOR_MS;
}

function machineOf(cpuWaitedFor: number | undefined, calmMs: number): Machine {
  const signs = [
    ...(calmMs > CALM_MS_MAX ? [`an order took ${calmMs} ms while nothing was done`] : []),
    ...((cpuWaitedFor ?? 0) > CPU_WAITED_FOR_MAX
      ? [`something waited for CPU ${((cpuWaitedFor ?? 0) * 100).toFixed(0)} % of the time`]
      : []),
  ];
  const starved = signs.length === 0 ? undefined : `this machine had no CPU to spare: ${signs.join(', and ')}`;
  return { calmMs, cpuWaitedFor, starved };
}

/** Linux' pressure stall information: microseconds since the start in which at least one task waited for a CPU. */
function cpuWait(): () => number | undefined {
  const read = (): number | undefined => {
    if (!existsSync(CPU_PRESSURE)) return undefined;
    const total = /^some .*total=(\d+)/m.exec(readFileSync(CPU_PRESSURE, 'utf8'))?.[1];
    return total === undefined ? undefined : Number(total);
  };
  const [total, at] = [read(), performance.now()];
  return () => {
    const now = read();
    return total === undefined || now === undefined ? undefined : (now - total) / 1_000 / (performance.now() - at);
  };
}

const seenOf = (attempts: readonly Attempt[]): Seen => ({
  failuresBetween: (from, to) => attempts.filter(({ at, definite }) => !definite && at >= from && at <= to).length,
  lastFailureAt: () => attempts.findLast(({ definite }) => !definite)?.at,
  longestSilenceMs: (from, to) => {
    const answered = attempts.filter(({ definite }) => definite).map(({ at }) => at);
    const inside = answered.filter((at) => at >= from && at <= to);
    const before = answered.findLast((at) => at < from) ?? from;
    const moments = [before, ...inside, to];
    return Math.max(...moments.slice(1).map((at, index) => at - (moments[index] as number)));
  },
});
