/** What a load came to, and whether that is good. */
import type { AuditReport } from '../audit/verdict.ts';
import { reasonOf } from './answers.ts';
import type { Pursued } from './pursue.ts';
import type { Replays } from './replays.ts';
import type { Tally } from './tally.ts';

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

export interface LoadResult {
  readonly ok: boolean;
  /** Why it is not ok, each a sentence. */
  readonly failures: readonly string[];
  readonly seed: number;
  readonly interrupted: boolean;
  readonly customers: number;
  readonly rate: { readonly asked: number; readonly reached: number; readonly seconds: number };
  readonly orders: {
    readonly planned: number;
    readonly sent: number;
    /** What the first attempt came to, then what it is with one repetition, and what the order came to. */
    readonly first: Counts;
    readonly second: Counts;
    readonly end: Counts;
    readonly unknownOnce: number;
    readonly resolved: number;
    readonly requests: number;
    readonly heldBack: number;
    readonly inFlightMax: number;
  };
  readonly refusedFor: Readonly<Record<string, number>>;
  readonly faults: readonly string[];
  /** Requests that carried a fault, by fault and edge. */
  readonly struck: Readonly<Record<string, number>>;
  readonly without: readonly string[];
  /** Undefined when none were asked for, or when they would have been new orders. */
  readonly replays: Replays | undefined;
  readonly otherContent: Replays | undefined;
  /** From the scheduled arrival, not from the moment of sending: what waits before it is sent is waited for too. */
  readonly ms: { readonly first: Quantiles; readonly definite: Quantiles };
  readonly contradictions: readonly string[];
  readonly journalFile: string;
  /** Traces to look at, by what they show. */
  readonly traces: Readonly<Record<string, string>>;
  /** Undefined when none was asked for; the text says why it could not be done. */
  readonly audit: AuditReport | string | undefined;
}

export interface Facts
  extends Omit<
    LoadResult,
    'ok' | 'failures' | 'rate' | 'orders' | 'refusedFor' | 'struck' | 'ms' | 'contradictions' | 'traces'
  > {
  readonly pursued: readonly Pursued[];
  readonly tally: Tally;
  readonly rateAsked: number;
  readonly startedAt: number;
  readonly inFlightMax: number;
}

export function resultOf({ pursued, tally, rateAsked, startedAt, inFlightMax, ...facts }: Facts): LoadResult {
  const seconds = Math.max(tally.lastSentAt - startedAt, 1) / 1_000;
  const unknownOnce = pursued.filter(({ wasUnknown }) => wasUnknown);
  const result = {
    ...facts,
    rate: { asked: rateAsked, reached: pursued.length / seconds, seconds },
    orders: {
      planned: tally.planned,
      sent: pursued.length,
      first: countsOf(pursued.map(({ first }) => first)),
      second: countsOf(pursued.map(({ second }) => second)),
      end: countsOf(pursued.map(({ end }) => end)),
      unknownOnce: unknownOnce.length,
      resolved: unknownOnce.filter(({ end }) => end !== 'unknown').length,
      requests: tally.requests,
      heldBack: tally.heldBack,
      inFlightMax,
    },
    refusedFor: refusedFor(pursued),
    struck: Object.fromEntries([...tally.struck].sort(([a], [b]) => (a < b ? -1 : 1))),
    ms: {
      first: quantiles(pursued.flatMap(({ firstMs }) => firstMs ?? [])),
      definite: quantiles(pursued.flatMap(({ definiteMs }) => definiteMs ?? [])),
    },
    contradictions: pursued.flatMap(({ key, contradiction }) => (contradiction ? [`${key}: ${contradiction}`] : [])),
    traces: tracesOf(pursued),
  };
  const failures = failuresOf(result);
  return { ...result, ok: failures.length === 0, failures };
}

function failuresOf({ orders, replays, otherContent, contradictions, audit }: Omit<LoadResult, 'ok' | 'failures'>) {
  const { sent, end } = orders;
  const differing = replays?.differing.length ?? 0;
  const notRefused = otherContent?.differing.length ?? 0;
  return [
    ...(sent === 0 ? ['nothing was sent'] : []),
    ...(sent > 0 && end.done === 0 ? ['nothing was done'] : []),
    ...(end.unknown > 0 ? [`${end.unknown} stayed unknown`] : []),
    ...(end.notDone > 0 ? [`${end.notDone} were not done, to the end`] : []),
    ...(contradictions.length > 0 ? [`${contradictions.length} answers contradict each other`] : []),
    ...(differing > 0 ? [`${differing} replays differ`] : []),
    ...(notRefused > 0 ? [`${notRefused} keys with other content got no 422`] : []),
    ...(typeof audit === 'string' ? [`the audit could not be done: ${audit}`] : []),
    ...(typeof audit === 'object' && !audit.clean ? ['the audit is not clean'] : []),
  ];
}

function countsOf(outcomes: readonly Pursued['end'][]): Counts {
  const count = (wanted: Pursued['end']): number => outcomes.filter((outcome) => outcome === wanted).length;
  return { done: count('ok'), refused: count('refused'), notDone: count('not_done'), unknown: count('unknown') };
}

function refusedFor(pursued: readonly Pursued[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { end, answer } of pursued) {
    if (end !== 'refused' || !answer) continue;
    const reason = reasonOf(answer) || String(answer.status);
    counts[reason] = (counts[reason] ?? 0) + 1;
  }
  return counts;
}

/** By nearest rank: each is a value that was measured. */
export function quantiles(values: readonly number[]): Quantiles {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) };
}

function tracesOf(pursued: readonly Pursued[]): Record<string, string> {
  const slowest = pursued.reduce<Pursued | undefined>(
    (worst, one) => ((one.definiteMs ?? 0) > (worst?.definiteMs ?? -1) ? one : worst),
    undefined,
  );
  const resolved = pursued.find(({ wasUnknown, end }) => wasUnknown && end === 'ok');
  return {
    ...(slowest?.answer ? { 'the last answer of the order that took longest': slowest.answer.traceId } : {}),
    ...(resolved?.answer ? { 'an order that was unknown, asked again': resolved.answer.traceId } : {}),
  };
}
