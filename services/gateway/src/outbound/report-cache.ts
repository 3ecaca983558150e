import { Cache } from '@seams/cache';
import { type CallContext, Failure, remainingMs } from '@seams/call';
import type { Analytics, ReportAsked } from './analytics.ts';

export interface ReportCacheOptions {
  /** What a request must have left for a timeout to be the fault of analytics. */
  readonly answerMs: number;
  /** How old a report may be that stands in. */
  readonly staleMsMax: number;
  monotonicMs(): number;
}

/** A day by the minute is some 100 KB here, so 6 MB at most. */
const ENTRIES_MAX = 64;

/**
 * Stale-if-error: the last report of the same question, when analytics can't be asked. Analytics decides who may see a report, by the
 * caller's roles and cafés and nothing else, so these are part of the key. A refusal by analytics evicts the entry.
 */
export function reportsStaleIfError(
  analytics: Analytics,
  { answerMs, staleMsMax, monotonicMs }: ReportCacheOptions,
): Analytics {
  const cache = new Cache<Awaited<ReturnType<Analytics['getCafeReport']>>>({ entriesMax: ENTRIES_MAX, monotonicMs });
  return {
    getCafeReport: async (ctx, asked) => {
      const key = keyOf(asked);
      const isPatient = remainingMs(ctx) >= answerMs;
      try {
        const report = await analytics.getCafeReport(ctx, asked);
        cache.set(key, report, monotonicMs());
        return report;
      } catch (thrown) {
        const failure = Failure.from(thrown);
        if (failure.kind === 'forbidden') cache.delete(key);
        const last = isUnavailable(failure, isPatient, ctx) ? cache.get(key, staleMsMax) : undefined;
        if (!last) throw thrown;
        return { ...last.value, degraded: { mark: 'report=stale', ageMs: last.ageMs } };
      }
    },
  };
}

function keyOf({ principal, cafeId, question }: ReportAsked): string {
  const { roles = [], cafeIds = [] } = principal ?? {};
  return JSON.stringify([cafeId, question, [...roles].sort(), [...cafeIds].sort()]);
}

function isUnavailable({ kind }: Failure, isPatient: boolean, { signal }: CallContext): boolean {
  if (signal.aborted) return false;
  return kind === 'unavailable' || (kind === 'timed_out' && isPatient);
}
