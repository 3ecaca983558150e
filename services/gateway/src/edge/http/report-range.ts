import { REPORT_END_MS, REPORT_MINUTES_MAX } from '@seams/contracts';
import { HttpRefusal } from './problem.ts';

const MINUTE_MS = 60_000;
const MINUTES_DEFAULT = 60;

/** The minutes a report is asked for, the last hour up to and with the current minute unless told otherwise; or why not. */
export function reportRange(
  query: { readonly from?: string | undefined; readonly to?: string | undefined },
  now: number,
): { fromMs: number; toMs: number } | HttpRefusal {
  const toMs = query.to === undefined ? (Math.floor(now / MINUTE_MS) + 1) * MINUTE_MS : Date.parse(query.to);
  const fromMs = query.from === undefined ? toMs - MINUTES_DEFAULT * MINUTE_MS : Date.parse(query.from);
  if (fromMs >= toMs) return wrong('`from` must be before `to`');
  if (toMs - fromMs > REPORT_MINUTES_MAX * MINUTE_MS) return wrong(`At most ${REPORT_MINUTES_MAX} minutes at once`);
  if (fromMs < 0 || toMs >= REPORT_END_MS) return wrong('From and to are times from 1970 to 9999');
  return { fromMs, toMs };
}

const wrong = (message: string): HttpRefusal =>
  new HttpRefusal('invalid_query', { errors: [{ path: 'from', message }] });
