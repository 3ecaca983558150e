import { FAILURES, type Failure } from '@seams/call';
import type { PolicyLimits } from '../limits.ts';
import type { RetryBudget } from '../retry-budget.ts';

/** Nothing is counted, so whatever fails is tried again. */
export const withoutRetryBudget: RetryBudget = { earn: () => undefined, spend: () => true };

/** What many a client library does by default, and here at every layer: one layer times the next one. */
const ATTEMPTS = 3;

export const attemptsAtEachLayer = (limits: PolicyLimits): PolicyLimits => ({ ...limits, attemptsMax: ATTEMPTS });

/** Whoever failed, and whether or not the layer below has tried it three times already. */
export const retriedEverywhere = ({ kind }: Failure): boolean => FAILURES[kind].outcome !== 'refused' && kind !== 'bug';
