/** What a load came to, and whether that is good. */
import { type AuditReport, COULD_NOT_LOOK, exitCodeOf } from '../audit/verdict.ts';
import { reasonOf } from './answers.ts';
import type { FaultRule } from './faults.ts';
import { type Asked, type FaultCount, type FiredFaults, faultCounts, neverFired } from './fired.ts';
import { msOf, type Phases, phasesOf } from './phases.ts';
import type { Pursued } from './pursue.ts';
import type { Replays } from './replays.ts';
import { type Counts, countsOf, type Quantiles } from './statistics.ts';
import type { Tally } from './tally.ts';

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
  /** How many requests carried each fault, and how often it fired, by edge. */
  readonly fired: readonly FaultCount[];
  /** The orders before the faults and those with them; undefined without faults or without a baseline. */
  readonly phases: Phases | undefined;
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

type Derived = 'ok' | 'failures' | 'rate' | 'orders' | 'refusedFor' | 'faults' | 'struck' | 'fired' | 'phases' | 'ms';

export interface Facts extends Omit<LoadResult, Derived | 'contradictions' | 'traces'> {
  readonly pursued: readonly Pursued[];
  readonly tally: Tally;
  readonly rateAsked: number;
  readonly startedAt: number;
  readonly inFlightMax: number;
  readonly rules: readonly FaultRule[];
  /** The number of the first order with faults. */
  readonly faultsFrom: number;
  /** Undefined where no fault needs it; the text says why the counters could not be read. */
  readonly firedFaults: FiredFaults | string | undefined;
}

const NONE_FIRED = { count: () => 0, silent: [] };

export function resultOf(given: Facts): LoadResult {
  const { pursued, tally, rateAsked, startedAt, inFlightMax, rules, faultsFrom, firedFaults, ...facts } = given;
  const fired = typeof firedFaults === 'object' ? firedFaults : NONE_FIRED;
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
    faults: rules.map(({ text }) => text),
    struck: struckIn(tally.asked),
    fired: faultCounts(rules, tally.asked, fired),
    phases: rules.length === 0 ? undefined : phasesOf(pursued, faultsFrom),
    ms: msOf(pursued),
    contradictions: pursued.flatMap(({ key, contradiction }) => (contradiction ? [`${key}: ${contradiction}`] : [])),
    traces: tracesOf(pursued),
  };
  const requests = tally.requestsWithFaults;
  const failures = [
    ...failuresOf(result),
    ...(typeof firedFaults === 'string'
      ? [`which faults fired could not be read: ${firedFaults}`]
      : neverFired(rules, { asked: tally.asked, requests, fired })),
  ];
  return { ...result, ok: failures.length === 0, failures };
}

function struckIn(asked: Asked): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [{ action }, byEdge] of asked)
    for (const [edge, requests] of byEdge) {
      const name = `${action.kind} at ${edge}`;
      counts[name] = (counts[name] ?? 0) + requests;
    }
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
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
    ...(typeof audit === 'object' && !audit.clean ? [notClean(audit)] : []),
  ];
}

const notClean = (audit: AuditReport): string =>
  exitCodeOf(audit) === COULD_NOT_LOOK ? 'the audit could not look' : 'the audit is not clean';

function refusedFor(pursued: readonly Pursued[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { end, answer } of pursued) {
    if (end !== 'refused' || !answer) continue;
    const reason = reasonOf(answer) || String(answer.status);
    counts[reason] = (counts[reason] ?? 0) + 1;
  }
  return counts;
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
