/** Whether all spans that ended have reached the trace store: each process counts its own, so no fixed time is waited. */
import { setTimeout as sleep } from 'node:timers/promises';
import { SPAN_EXPORT_MS_MAX } from '../libs/telemetry/src/span-export-limits.ts';
import { askStatus, type Running } from '../tools/system/running.ts';
import { metricsOf } from './metrics.ts';

export interface SpanCounts {
  readonly exported: number;
  /** Failed and dropped together. */
  readonly lost: number;
  readonly waiting: number;
}

export interface ProcessSpans {
  readonly name: string;
  readonly pid: number | null;
  /** Undefined while it does not answer; null for the trace store, which only receives. */
  readonly counts: SpanCounts | null | undefined;
}

export type ReadSpans = () => Promise<readonly ProcessSpans[]>;

/** Of a running system; a process's own numbers are up to METRICS_FRESH_MS old. */
export const spansOf =
  (system: Pick<Running, 'dataDir'>): ReadSpans =>
  async () => {
    const { processes } = await askStatus(system.dataDir);
    const read = processes.map(async (process) => {
      const { name, kind, pid } = process;
      if (name === 'traces') return [{ name, pid, counts: null }];
      return kind === 'service' ? [{ name, pid, counts: countsIn(await metricsOf(process)) }] : [];
    });
    return (await Promise.all(read)).flat();
  };

function countsIn(metrics: ReadonlyMap<string, number> | undefined): SpanCounts | undefined {
  const of = (name: string): number | undefined => metrics?.get(name);
  const [exported, waiting] = [of('seams_spans_exported_total'), of('seams_spans_waiting')];
  if (exported === undefined || waiting === undefined) return undefined;
  return { exported, waiting, lost: (of('seams_spans_failed_total') ?? 0) + (of('seams_spans_dropped_total') ?? 0) };
}

/** libs/telemetry/src/metrics.ts answers twice within a second with the same text. */
export const METRICS_FRESH_MS = 1_000;

const endedOf = ({ exported, lost, waiting }: SpanCounts): number => exported + lost + waiting;
const deliveredOf = ({ exported, lost }: SpanCounts): number => exported + lost;

export interface Clock {
  now(): number;
  /** Rejects when the signal is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<unknown>;
}
export const realClock: Clock = {
  now: () => performance.now(),
  sleep: (ms, signal) => sleep(ms, undefined, { signal }),
};

/**
 * Waits until every span that has ended by now is exported or lost; at most for as long as a full queue takes.
 * @param before the counts when the measurement began
 * @returns why spans may be missing from the trace store, a clause each; none when everything arrived
 */
export async function untilDelivered(
  read: ReadSpans,
  before: readonly ProcessSpans[],
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<string[]> {
  await clock.sleep(METRICS_FRESH_MS, signal);
  const giveUpAt = clock.now() + SPAN_EXPORT_MS_MAX;
  const goals = new Map<string, { readonly pid: number | null; readonly ended: number }>();
  for (;;) {
    const processes = await read();
    for (const { name, pid, counts } of processes) {
      // One that was started again counts from 0; what it lost is told below.
      if (counts && goals.get(name)?.pid !== pid) goals.set(name, { pid, ended: endedOf(counts) });
    }
    const behind = processes.filter(({ name, counts }) => {
      const goal = goals.get(name);
      return counts === undefined || (counts !== null && goal !== undefined && deliveredOf(counts) < goal.ended);
    });
    if (behind.length > 0 && clock.now() < giveUpAt) {
      await clock.sleep(METRICS_FRESH_MS, signal);
      continue;
    }
    return [...lossesBetween(before, processes), ...behind.map(behindText)];
  }
}

const behindText = ({ name, counts }: ProcessSpans): string =>
  counts ? `${name} still has ${spans(counts.waiting)} to export` : `${name} does not answer`;

function lossesBetween(before: readonly ProcessSpans[], after: readonly ProcessSpans[]): string[] {
  return after.flatMap(({ name, pid, counts }) => {
    const was = before.find((one) => one.name === name);
    if (was && was.pid !== pid)
      return [
        counts === null
          ? `${name} was restarted and forgot its spans`
          : `${name} was restarted and lost its queue of spans`,
      ];
    const lost = (counts?.lost ?? 0) - (was?.counts?.lost ?? 0);
    return lost > 0 ? [`${name} lost ${spans(lost)}`] : [];
  });
}

const spans = (count: number): string => `${count} ${count === 1 ? 'span' : 'spans'}`;
