/** GET /v1/traces/{traceId}/logs, and at which span each line stands. */
import type { Question } from '../api/ask.ts';
import type { Trace } from './trace.ts';

export interface LogLine {
  readonly at: string;
  readonly service: string;
  readonly process: string;
  readonly level: string;
  readonly message: string;
  readonly spanId: string | null;
  readonly fields: Readonly<Record<string, string | number | boolean>>;
}

export interface Logs {
  readonly lines: readonly LogLine[];
  /** False when there may be more than was looked at. */
  readonly whole: boolean;
}

export const questionForLogs = ({ traceId, startedAt }: Trace): Question => ({
  method: 'GET',
  path: `/v1/traces/${traceId}/logs?from=${encodeURIComponent(startedAt)}`,
});

/** A line whose span is not in the trace (not sent yet, or forgotten) stands under `null`, so that none gets lost. */
export function linesBySpan(trace: Trace, lines: readonly LogLine[]): ReadonlyMap<string | null, readonly LogLine[]> {
  const known = new Set(trace.spans.map(({ spanId }) => spanId));
  return Map.groupBy(lines, ({ spanId }) => (spanId !== null && known.has(spanId) ? spanId : null));
}

export const isBad = ({ level }: LogLine): boolean => level === 'warn' || level === 'error' || level === 'fatal';

export const fieldsOf = ({ fields }: LogLine): string =>
  Object.entries(fields)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');

export function saidOf({ lines, whole }: Logs): string {
  const processes = new Set(lines.map(({ process }) => process)).size;
  const counted =
    lines.length === 0
      ? 'No process wrote a line about it.'
      : `${lines.length} log line${lines.length === 1 ? '' : 's'} of ${processes} process${processes === 1 ? '' : 'es'}.`;
  return whole ? counted : `${counted} The files were too long to be searched whole; there may be more.`;
}
