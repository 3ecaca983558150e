/**
 * Whether the faults of one request fired. Each process writes a log line when it injects one, so a line under the
 * request's trace id is the proof, and its absence is an error: what was looked at then was no broken request.
 */
import type { LogLine, Logs } from '../traces/logs.ts';

/** The message of libs/telemetry/src/fired-faults.ts. */
const FAULT_FIRED = 'fault fired';

export interface Fired {
  /** As the plan names it, without its chance and its count. */
  readonly fault: string;
  /** The process of each time. */
  readonly by: readonly string[];
}

/** What a plan asks for, as the log lines name it: `storage.CommitOrder=delay:300/server`. */
export const faultsOf = (plan: string): string[] => [
  ...new Set(
    plan
      .split(';')
      .map((part) => part.trim().replace(/(@[\d.]+)?(\*\d+)?$/, ''))
      .filter(Boolean),
  ),
];

export function firedIn(plan: string, lines: readonly LogLine[]): Fired[] {
  const fired = lines.filter(({ message }) => message === FAULT_FIRED);
  return faultsOf(plan).map((fault) => ({
    fault,
    by: fired
      .filter(({ fields: { operation, action } }) => `${operation}=${action}` === fault)
      .map(({ process }) => process),
  }));
}

export interface Verdict {
  readonly state: 'looking' | 'fired' | 'never fired' | 'not known';
  readonly sentences: readonly string[];
}

const timesOf = ({ fault, by }: Fired): string =>
  `${fault} fired ${by.length === 1 ? 'once' : `${by.length} times`}, in ${[...new Set(by)].join(' and ')}.`;

export const LOOKING: Verdict = { state: 'looking', sentences: ['Did it fire? Looking into the logs…'] };

/** @param isLast nothing more is waited for */
export function verdictOf(plan: string, { lines, whole }: Logs, isLast: boolean): Verdict {
  const all = firedIn(plan, lines);
  const fired = all.filter(({ by }) => by.length > 0);
  const never = all.filter(({ by }) => by.length === 0);
  if (never.length === 0) return { state: 'fired', sentences: fired.map(timesOf) };
  if (!isLast) return { state: 'looking', sentences: [...LOOKING.sentences, ...fired.map(timesOf)] };
  if (!whole) return notKnown('The log files were too long to be searched whole.');
  const why = 'This request never came to that operation, or its chance decided against it.';
  return {
    state: 'never fired',
    sentences: [...never.map(({ fault }) => `${fault} never fired. ${why}`), ...fired.map(timesOf)],
  };
}

export const notKnown = (why: string): Verdict => ({
  state: 'not known',
  sentences: [`Whether it fired is not known. ${why}`],
});
