/** Outcomes counted, and times by rank. */
import type { JournalOutcome } from '../audit/journal.ts';

export interface Counts {
  readonly done: number;
  readonly refused: number;
  readonly notDone: number;
  readonly unknown: number;
}

/** Milliseconds; 0 when nothing was measured. */
export interface Quantiles {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export function countsOf(outcomes: readonly JournalOutcome[]): Counts {
  const count = (wanted: JournalOutcome): number => outcomes.filter((outcome) => outcome === wanted).length;
  return { done: count('ok'), refused: count('refused'), notDone: count('not_done'), unknown: count('unknown') };
}

/** By nearest rank: each is a value that was measured. */
export function quantiles(values: readonly number[]): Quantiles {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) };
}
