import type { CallContext } from './context.ts';
import { parseFaultPlan } from './faults.ts';
import { parseWithout } from './without.ts';

/** What a lab wants of one request, and of nobody else's. */
export type Lab = Pick<CallContext, 'faults' | 'without'>;

/** The names under which a request carries it, in HTTP, gRPC metadata, the outbox row and Kafka's headers alike. */
export const LAB_HEADER = { faults: 'seams-fault', without: 'seams-without' } as const;

/** For the next hop; empty for every request that is no lab's. */
export function labHeadersOf({ faults, without }: Lab): Record<string, string> {
  return {
    ...(faults ? { [LAB_HEADER.faults]: faults.text } : {}),
    ...(without ? { [LAB_HEADER.without]: [...without].join() } : {}),
  };
}

/**
 * Reads what labHeadersOf wrote. Only where SEAMS_LABS=on: elsewhere these headers mean nothing.
 * @throws Failure invalid/fault_plan_malformed or invalid/pattern_unknown
 */
export function labOf(headers: Readonly<Record<string, string | undefined>>): Lab {
  const plan = headers[LAB_HEADER.faults];
  const without = headers[LAB_HEADER.without];
  return {
    ...(plan === undefined ? {} : { faults: parseFaultPlan(plan) }),
    ...(without === undefined ? {} : { without: parseWithout(without) }),
  };
}
