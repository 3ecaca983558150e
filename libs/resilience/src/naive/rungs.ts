import type { PolicyLimits } from '../limits.ts';
import { type Policy, policyFrom, policyOf, retriedHere, within } from '../policy.ts';
import { retryBudget } from '../retry-budget.ts';
import { withoutBreaker } from './without-breaker.ts';

/** How much stands between a caller and its callee: a bench goes up rung by rung to see what each costs (docs/price.md). */
export type Rung = 'bare' | 'retries' | 'apart' | 'whole';

/** Whether calls may share a message (libs/rpc/src/batching/batching-client.ts): on each rung but the one that shows what that is worth. */
export const sharedAt = (rung: Rung): boolean => rung !== 'apart';

/** The policy of one dependency for all requests of a process; in any but a bench it is the whole one. */
export function policyAt(rung: Rung, limits: PolicyLimits): Policy {
  if (rung === 'bare') return nothingAround();
  if (rung !== 'retries') return policyOf(limits);
  return policyFrom(() => ({
    limits,
    random: Math.random,
    guard: withoutBreaker(),
    budget: retryBudget(limits.retries),
    contextOf: within(limits),
    mayRetry: retriedHere(limits),
  }));
}

/** A call and nothing else: no deadline goes with it, so each hop has the bound of its own server only. */
function nothingAround(): Policy {
  let calls = 0;
  return {
    run: (ctx, _, attempt) => {
      calls++;
      return attempt({ ...ctx, deadlineAt: Number.POSITIVE_INFINITY });
    },
    get seen() {
      const none = { inFlight: 0, endedMs: 0, retries: 0, retriesDenied: 0, refused: 0, opened: 0 };
      return { ...none, state: 'closed' as const, calls, attempts: calls, ended: calls };
    },
  };
}
