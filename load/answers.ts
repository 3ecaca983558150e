/** The reply contract as a client reads it (docs/failures.md), with the four words of the journal. */
import type { JournalOutcome } from '../audit/journal.ts';

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
  /** Undefined when the header was not there. */
  readonly retryAfterMs: number | undefined;
  /** Idempotency-Replayed: an earlier request under this key had the effect. */
  readonly replayed: boolean;
  readonly traceId: string;
}

/**
 * @param answer undefined when the connection broke
 *
 * 401 and 408 are "not done" here, though refused for good: they say nothing about the key. With a new token, or sent
 * quicker, the same key gets its answer, and an earlier attempt under it may well have had its effect.
 */
export function outcomeOf(answer: Answer | undefined): JournalOutcome {
  if (!answer) return 'unknown';
  const { status, retryAfterMs } = answer;
  if (status >= 200 && status < 300) return 'ok';
  if ([401, 408, 429, 503].includes(status)) return 'not_done';
  if (status === 409) return retryAfterMs === undefined ? 'refused' : 'not_done';
  // 499 is ours for "the caller left"; whoever reads it knows no more than after a 5xx.
  return status >= 400 && status < 499 ? 'refused' : 'unknown';
}

export const isDefinite = (outcome: JournalOutcome): outcome is 'ok' | 'refused' =>
  outcome === 'ok' || outcome === 'refused';

export const sameAnswer = (a: Answer, b: Answer): boolean => a.status === b.status && a.body.equals(b.body);

/** The `reason` of a problem, empty for all else. */
export function reasonOf(answer: Answer): string {
  const { reason } = fieldsOf(answer);
  return typeof reason === 'string' ? reason : '';
}

const RUN_OUT = ['not_enough_money', 'stock_exhausted'];

/** That a load outlasted its customers' money or the stock: what comes after it says nothing of the system. */
export const ranOut = (reason: string): boolean => RUN_OUT.includes(reason);

/** When the order of a success was placed, as Unix time in milliseconds. */
export function placedAtOf(answer: Answer): number | undefined {
  const at = Date.parse(String(fieldsOf(answer).placedAt));
  return Number.isNaN(at) ? undefined : at;
}

function fieldsOf({ body }: Answer): { readonly reason?: unknown; readonly placedAt?: unknown } {
  try {
    return JSON.parse(body.toString()) as object;
  } catch (error) {
    if (error instanceof SyntaxError) return {}; // a proxy's page, say
    throw error;
  }
}
