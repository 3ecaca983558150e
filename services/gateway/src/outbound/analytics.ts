import type { CallContext } from '@seams/call';
import { analyticsService, type GetCafeReportRequestInput, type GetCafeReportResponse } from '@seams/contracts';
import type { Policy } from '@seams/resilience';
import { type Channel, callerOf } from '@seams/rpc';
import type { Degraded } from '../degraded.ts';

export interface ReportAsked extends GetCafeReportRequestInput {
  /** The minutes as they were asked for. "The last hour" is one question, whichever hour it was. */
  readonly question: string;
}

export interface Report extends GetCafeReportResponse {
  readonly degraded?: Degraded;
}

export interface Analytics {
  getCafeReport(ctx: CallContext, asked: ReportAsked): Promise<Report>;
}

export function analyticsOver(channel: Channel, policy: Policy): Analytics {
  const analytics = callerOf(analyticsService, channel);
  return {
    getCafeReport: (ctx, { principal, cafeId, fromMs, toMs }) =>
      policy.run(ctx, { repeatable: true }, (attempt) =>
        analytics.GetCafeReport(attempt, { principal, cafeId, fromMs, toMs }),
      ),
  };
}
