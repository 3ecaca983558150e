import type { CallContext } from '@seams/call';
import { analyticsService, type GetCafeReportRequestInput, type GetCafeReportResponse } from '@seams/contracts';
import type { Policy } from '@seams/resilience';
import { type Channel, callerOf } from '@seams/rpc';

export interface Analytics {
  getCafeReport(ctx: CallContext, request: GetCafeReportRequestInput): Promise<GetCafeReportResponse>;
}

export function analyticsOver(channel: Channel, policy: Policy): Analytics {
  const analytics = callerOf(analyticsService, channel);
  return {
    getCafeReport: (ctx, request) =>
      policy.run(ctx, { repeatable: true }, (attempt) => analytics.GetCafeReport(attempt, request)),
  };
}
