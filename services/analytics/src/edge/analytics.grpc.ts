import type { CallContext } from '@seams/call';
import { analyticsService, type GetCafeReportRequest, type GetCafeReportResponse } from '@seams/contracts';
import { type Implementation, implement } from '@seams/rpc';

export interface Reports {
  getCafeReport(ctx: CallContext, request: GetCafeReportRequest): Promise<GetCafeReportResponse>;
}

export const analyticsEdge = (reports: Reports): Implementation =>
  implement(analyticsService, { GetCafeReport: reports.getCafeReport });
