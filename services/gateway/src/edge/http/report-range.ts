import { HttpRefusal } from './problem.ts';

const MINUTE_MS = 60_000;
const MINUTES_DEFAULT = 60;
/** A day. Each minute is about 20 bytes in the reply message, which holds 256 KiB. */
export const REPORT_MINUTES_MAX = 1_440;

/** The minutes a report is asked for: the last hour up to and with the current minute, unless told otherwise. */
export function reportRange(
  query: { readonly from?: string | undefined; readonly to?: string | undefined },
  now: number,
): { fromMs: number; toMs: number } {
  const toMs = query.to === undefined ? (Math.floor(now / MINUTE_MS) + 1) * MINUTE_MS : Date.parse(query.to);
  const fromMs = query.from === undefined ? toMs - MINUTES_DEFAULT * MINUTE_MS : Date.parse(query.from);
  if (fromMs >= toMs) throw wrong('`from` must be before `to`');
  if (toMs - fromMs > REPORT_MINUTES_MAX * MINUTE_MS) throw wrong(`At most ${REPORT_MINUTES_MAX} minutes at once`);
  return { fromMs, toMs };
}

const wrong = (message: string): HttpRefusal =>
  new HttpRefusal('invalid_query', { errors: [{ path: 'from', message }] });
