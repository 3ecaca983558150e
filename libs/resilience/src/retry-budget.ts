import type { RetryLimits } from './limits.ts';

/** How many retries a dependency may still cost. */
export interface RetryBudget {
  /** A call began: it earns a share of a retry. */
  earn(): void;
  /** Takes one retry, if there is one. */
  spend(): boolean;
}

/**
 * Each call puts `percentMax` of a token into a bucket, each retry takes a whole one; the bucket starts full. So however much
 * fails, attempts stay below 1.1 × calls + reserve, where N attempts per call would make of an overload a collapse.
 *
 * As Finagle's RetryBudget (percentCanRetry and a reserve) and gRPC's retryThrottling (proposal A6, tokenRatio and maxTokens);
 * unlike A6 a call earns before its outcome is known, so the bound holds for calls that fail, too.
 */
export function retryBudget({ percentMax, reserve }: RetryLimits): RetryBudget {
  // In hundredths, for ten times 0.1 is not 1 in floating point.
  const full = reserve * 100;
  let tokens = full;
  return {
    earn: () => {
      tokens = Math.min(full, tokens + percentMax);
    },
    spend: () => {
      if (tokens < 100) return false;
      tokens -= 100;
      return true;
    },
  };
}
