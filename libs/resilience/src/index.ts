export type { BreakerState } from './breaker.ts';
export * from './limits.ts';
export * from './metrics.ts';
export { chosenByRequest } from './naive/by-request.ts';
export { policyAt, type Rung, sharedAt } from './naive/rungs.ts';
export { type Call, type Policy, policyOf, type Seen } from './policy.ts';
