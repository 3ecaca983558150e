import { type Principal, REPORT_END_MS, REPORT_MINUTES_MAX } from '@seams/contracts';

const MINUTE_MS = 60_000;

export interface ReportRequest {
  readonly principal: Principal;
  readonly cafeId: string;
  readonly fromMs: number;
  readonly toMs: number;
}

export type ReportRefusal =
  | 'cafe_id_malformed'
  | 'range_out_of_bounds'
  | 'range_backwards'
  | 'range_too_wide'
  | 'not_your_cafe';

/** The caller's own mistakes first, then what they may not see; undefined is a yes. */
export function refusalOf({ principal, cafeId, fromMs, toMs }: ReportRequest): ReportRefusal | undefined {
  if (!/^[a-z0-9][a-z0-9-]{0,63}$/.test(cafeId)) return 'cafe_id_malformed';
  if (!isInstant(fromMs) || !isInstant(toMs)) return 'range_out_of_bounds';
  if (toMs < fromMs) return 'range_backwards';
  if (toMs - fromMs > REPORT_MINUTES_MAX * MINUTE_MS) return 'range_too_wide';
  if (!mayRead(principal, cafeId)) return 'not_your_cafe';
  return undefined;
}

const isInstant = (value: number): boolean => Number.isSafeInteger(value) && value >= 0 && value < REPORT_END_MS;

function mayRead({ roles, cafeIds }: Principal, cafeId: string): boolean {
  return roles.includes('operator') || (roles.includes('staff') && cafeIds.includes(cafeId));
}
