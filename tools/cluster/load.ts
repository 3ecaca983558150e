/** A load with a journal while something is done to the cluster, and the audit that holds the journal against the stores. */
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { AuditReport } from '../../audit/verdict.ts';
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

/** What clients saw, attempt by attempt, as it went on. */
export interface Seen {
  /** Attempts between two moments (Unix milliseconds) that got no definite answer: 429, 503, 504, a broken connection. */
  failuresBetween(from: number, to: number): number;
  /** Unix milliseconds. */
  lastFailureAt(): number | undefined;
  /** The longest time between two definite answers that touches this interval. */
  longestSilenceMs(from: number, to: number): number;
}

export interface Loaded<T> {
  readonly value: T;
  readonly load: LoadResult;
  /** First attempts without a definite answer. 0 is "nobody noticed". */
  readonly failed: number;
  readonly audit: AuditReport;
}

const CUSTOMERS = 6;
const REPLAYS_MAX = 200;

export async function underLoad<T>(
  system: ClusterSystem,
  plan: LoadPlan,
  work: (seen: Seen) => Promise<T>,
): Promise<Loaded<T>> {
  const attempts: { readonly at: number; readonly definite: boolean }[] = [];
  const end = new AbortController();
  const begun = Promise.withResolvers<void>();
  const journalFile = path.join(CHECKOUT, '.seams/cluster', `load-${plan.seed}-${process.pid}.jsonl`);
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
    answered: ({ outcome }) => {
      attempts.push({ at: Date.now(), definite: outcome === 'ok' || outcome === 'refused' });
      begun.resolve();
    },
  });
  try {
    // One that cannot begin ends the wait, too.
    await Promise.race([begun.promise, loading]);
    const value = await work(seenOf(attempts)).finally(() => end.abort());
    const load = await loading;
    const { notDone, unknown } = load.orders.first;
    return {
      value,
      load,
      failed: notDone + unknown,
      audit: await auditWith(system, readFileSync(journalFile, 'utf8')),
    };
  } catch (error) {
    end.abort();
    await loading.catch(() => {}); // the first failure is the one that is told
    throw error;
  }
}

const seenOf = (attempts: readonly { readonly at: number; readonly definite: boolean }[]): Seen => ({
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
