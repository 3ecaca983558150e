import type { CallContext, Pattern } from '@seams/call';
import { guardOf } from '../breaker.ts';
import type { PolicyLimits } from '../limits.ts';
import { type Policy, policyFrom, retriedHere, within } from '../policy.ts';
import { retryBudget } from '../retry-budget.ts';
import { withoutBreaker } from './without-breaker.ts';
import { withoutDeadline } from './without-deadline.ts';
import { attemptsAtEachLayer, retriedEverywhere, withoutRetryBudget } from './without-retry-budget.ts';

/**
 * Sends a request that does without a pattern through a policy without it, and every other one through the real policy.
 * The naive ones have a breaker and a budget of their own: what a lab breaks with them nobody else notices.
 */
export function chosenByRequest(real: Policy, limits: PolicyLimits): Policy {
  const naive = new Map<string, Policy>();
  const chosen = (without: ReadonlySet<Pattern>): Policy => {
    const key = [...without].sort().join();
    const policy = naive.get(key) ?? policyWithout(without, limits);
    naive.set(key, policy);
    return policy;
  };
  return {
    run: (ctx: CallContext, call, attempt) => (ctx.without ? chosen(ctx.without) : real).run(ctx, call, attempt),
    get seen() {
      return real.seen;
    },
  };
}

function policyWithout(without: ReadonlySet<Pattern>, real: PolicyLimits): Policy {
  const limits = without.has('retry-budget') ? attemptsAtEachLayer(real) : real;
  return policyFrom((onChange) => ({
    limits,
    random: Math.random,
    guard: without.has('breaker') ? withoutBreaker() : guardOf(limits, onChange),
    budget: without.has('retry-budget') ? withoutRetryBudget : retryBudget(limits.retries),
    contextOf: without.has('deadline') ? withoutDeadline : within(limits),
    mayRetry: without.has('retry-budget') ? retriedEverywhere : retriedHere(limits),
  }));
}
