import { type CallContext, Failure, type FailureKind } from '@seams/call';
import { type GetCafeReportRequest, type GetCafeReportResponse, REPORT_MINUTES_MAX } from '@seams/contracts';
import { type ReportRefusal, refusalOf } from './report-request.ts';

export interface Ports {
  readReport(ctx: CallContext, cafeId: string, fromMs: number, toMs: number): Promise<GetCafeReportResponse>;
}

const REFUSALS: Readonly<Record<ReportRefusal, { readonly kind: FailureKind; readonly message: string }>> = {
  cafe_id_malformed: { kind: 'invalid', message: 'This is not the id of a café.' },
  range_out_of_bounds: { kind: 'invalid', message: 'From and to are times from 1970 to 9999.' },
  range_backwards: { kind: 'invalid', message: 'The range ends before it begins.' },
  range_too_wide: { kind: 'invalid', message: `At most ${REPORT_MINUTES_MAX} minutes fit into one report.` },
  not_your_cafe: { kind: 'forbidden', message: 'Only staff of this café and operators may see its numbers.' },
};

/** Orders and revenue of one café, per minute of the orders' own time. */
export const getCafeReportWith = (world: Ports) =>
  async function getCafeReport(ctx: CallContext, request: GetCafeReportRequest): Promise<GetCafeReportResponse> {
    const { principal, cafeId, fromMs, toMs } = request;
    if (!principal) throw new Failure('anonymous', 'principal_missing', 'Nobody asks.');
    const reason = refusalOf({ principal, cafeId, fromMs, toMs });
    if (reason) throw new Failure(REFUSALS[reason].kind, reason, REFUSALS[reason].message);

    return world.readReport(ctx, cafeId, fromMs, toMs);
  };
