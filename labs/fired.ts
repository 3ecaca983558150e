/** Whether each fault that a lab asked for has fired: one that did not proves nothing, so it is an error of the lab. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Trace } from '../tools/order/trace.ts';
import type { Expectation } from './expectation.ts';
import { hasFired } from './spans.ts';
import type { Traces } from './traces.ts';

/** Traces of the requests that carried a fault, by the fault: "storage.CommitOrder=drop-reply". */
export type FaultRequests = ReadonlyMap<string, readonly string[]>;

const noted = new AsyncLocalStorage<Map<string, string[]>>();

/** Runs a lab, and gives all that its requests asked for. */
export async function notingFaults<T>(run: () => Promise<T>): Promise<{ result: T; requests: FaultRequests }> {
  const requests = new Map<string, string[]>();
  return { result: await noted.run(requests, run), requests };
}

/** @param plan the value of Seams-Fault of a request that was sent */
export function noteFaults(plan: string | undefined, traceId: string): void {
  const requests = noted.getStore();
  if (!requests || plan === undefined || traceId === '') return;
  for (const fault of faultsOf(plan)) requests.set(fault, [...(requests.get(fault) ?? []), traceId]);
}

/** Without how probable it is and how often it may fire. */
export const faultsOf = (plan: string): string[] =>
  plan
    .split(';')
    .map((part) =>
      part
        .trim()
        .replace(/\*\d+$/, '')
        .replace(/@[\d.]+$/, ''),
    )
    .filter((part) => part !== '');

/** Enough to find one that fired; the later requests may be refused before they reach the fault. */
const SAMPLE = 8;

export interface FiredOptions {
  /** Opened before the lab began. */
  readonly traces: Traces;
  /** How long after the answer a fault may still fire: at the relay, or where the event is consumed. */
  readonly workMsMax: number;
}

/**
 * @returns what was not seen of it; nothing when each fault has fired
 * @throws Error with one line for people when a fault never fired
 */
export async function faultsFired(requests: FaultRequests, options: FiredOptions): Promise<Expectation[]> {
  const unseen: string[] = [];
  for (const [fault, traceIds] of requests) {
    const missing = await missingOf(fault, traceIds, options);
    if (missing !== undefined) unseen.push(`whether ${fault} has fired: ${missing}`);
  }
  if (unseen.length === 0) return [];
  return [{ sentence: 'each fault that was asked for has fired', held: false, notSeen: unseen.join('; ') }];
}

async function missingOf(
  fault: string,
  traceIds: readonly string[],
  { traces, workMsMax }: FiredOptions,
): Promise<string | undefined> {
  const complete = (trace: Trace): boolean => hasFired(trace, fault);
  for (const ids of [traceIds.slice(0, SAMPLE), traceIds.slice(SAMPLE)]) {
    const seen = await traces.read(ids, { complete, workMsMax, enough: 1 });
    if (seen.traces.some(complete)) return undefined;
    if (seen.missing !== undefined) return seen.missing;
  }
  const requests = traceIds.length === 1 ? 'one request' : `${traceIds.length} requests`;
  throw new Error(
    `the fault ${fault} was asked for by ${requests} and never fired: no span of theirs has it, for example of trace ${traceIds[0]}`,
  );
}
