/**
 * Whether the faults of one request fired. Each process writes a log line when it injects one, so a line under the
 * request's trace id is the proof, and its absence is an error: what was looked at then was no broken request.
 */
import type { Logs } from '../traces/logs.ts';
import type { Trace } from '../traces/trace.ts';

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

/** What is known of the faults that fired. */
export interface Evidence {
  readonly fires: readonly { readonly fault: string; readonly process: string }[];
  /** Why there may be more, if so: then nothing proves that a fault never fired. */
  readonly incomplete?: string;
}

export const evidenceOfLogs = ({ lines, whole }: Logs): Evidence => ({
  fires: lines
    .filter(({ message }) => message === FAULT_FIRED)
    .map(({ process, fields: { operation, action } }) => ({ fault: `${operation}=${action}`, process })),
  ...(whole ? {} : { incomplete: 'The log files were too long to be searched whole.' }),
});

/** Where no logs can be read. A span that is missing may be late, not sampled, or lost with its process. */
export const evidenceOfTrace = ({ spans }: Trace, incomplete: string): Evidence => ({
  fires: spans
    .filter(({ tags }) => tags['fault.action'] !== undefined)
    .map(({ process, tags }) => ({ fault: `${tags['fault.operation']}=${tags['fault.action']}`, process })),
  incomplete,
});

export const firedOf = (plan: string, { fires }: Evidence): Fired[] =>
  faultsOf(plan).map((fault) => ({
    fault,
    by: fires.filter((one) => one.fault === fault).map(({ process }) => process),
  }));

export interface Verdict {
  readonly state: 'looking' | 'fired' | 'never fired' | 'not known';
  readonly sentences: readonly string[];
}

const timesOf = ({ fault, by }: Fired): string =>
  `${fault} fired ${by.length === 1 ? 'once' : `${by.length} times`}, in ${[...new Set(by)].join(' and ')}.`;

export const LOOKING: Verdict = { state: 'looking', sentences: ['Did it fire? Looking into the logs…'] };

/** @param isLast nothing more is waited for */
export function verdictOf(plan: string, evidence: Evidence, isLast: boolean): Verdict {
  const all = firedOf(plan, evidence);
  const fired = all.filter(({ by }) => by.length > 0).map(timesOf);
  const never = all.filter(({ by }) => by.length === 0);
  if (never.length === 0) return { state: 'fired', sentences: fired };
  if (!isLast) return { state: 'looking', sentences: [...LOOKING.sentences, ...fired] };
  const { incomplete } = evidence;
  const sentences = never.map(({ fault }) =>
    incomplete === undefined
      ? `${fault} never fired. This request never came to that operation, or its chance decided against it.`
      : `Whether ${fault} fired is not known. ${incomplete}`,
  );
  return { state: incomplete === undefined ? 'never fired' : 'not known', sentences: [...sentences, ...fired] };
}
