import { type CallContext, Failure, remainingMs } from '@seams/call';
import type { Analytics, Report, ReportAsked } from './analytics.ts';

export interface LastReportsLimits {
  /** What analytics must have been given before its silence counts. */
  readonly answerMs: number;
  readonly ageMsMax: number;
  monotonicMs(): number;
}

/** A day by the minute is some 100 KB here, so 6 MB at most. */
const REPORTS_MAX = 64;

/**
 * Gives the last report of the same question when analytics cannot be asked. Who may see it is decided by analytics, from
 * the roles and cafés of who asks and nothing else; so a report is kept under exactly these, and goes to nobody whose
 * rights differ by a letter from those that analytics has said yes to. A no takes it away.
 */
export function orLastReport(analytics: Analytics, limits: LastReportsLimits): Analytics {
  const kept = new Map<string, { readonly report: Report; readonly at: number }>();
  const keep = (name: string, report: Report): void => {
    kept.delete(name); // the newest stands last
    kept.set(name, { report, at: limits.monotonicMs() });
    if (kept.size > REPORTS_MAX) kept.delete(kept.keys().next().value as string);
  };

  return {
    getCafeReport: async (ctx, asked) => {
      const name = nameOf(asked);
      const patient = remainingMs(ctx) >= limits.answerMs;
      try {
        const report = await analytics.getCafeReport(ctx, asked);
        keep(name, report);
        return report;
      } catch (thrown) {
        const failure = Failure.from(thrown);
        if (failure.kind === 'forbidden') kept.delete(name);
        if (!cannotBeAsked(failure, patient, ctx)) throw thrown;
        const last = kept.get(name);
        const ageMs = last ? limits.monotonicMs() - last.at : 0;
        if (!last || ageMs > limits.ageMsMax) throw thrown;
        return { ...last.report, degraded: { mark: 'report=stale', ageMs } };
      }
    },
  };
}

function nameOf({ principal, cafeId, question }: ReportAsked): string {
  const { roles = [], cafeIds = [] } = principal ?? {};
  return JSON.stringify([cafeId, question, [...roles].sort(), [...cafeIds].sort()]);
}

function cannotBeAsked({ kind }: Failure, patient: boolean, { signal }: CallContext): boolean {
  if (signal.aborted) return false;
  return kind === 'unavailable' || (kind === 'timed_out' && patient);
}
