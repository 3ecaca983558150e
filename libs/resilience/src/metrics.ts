import { measure, type Reading } from '@seams/telemetry';
import type { BreakerState } from './breaker.ts';
import type { Policy } from './policy.ts';

const STATE_VALUES: Readonly<Record<BreakerState, number>> = { closed: 0, half_open: 1, open: 2 };

/** Has the process say what the policy of this callee has seen (docs/policies.md). */
export function measured(callee: string, policy: Policy): Policy {
  measure(
    {
      seams_policy_breaker_state: { kind: 'gauge', unit: '1', description: '0 closed, 1 half-open, 2 open.' },
      seams_policy_in_flight: { kind: 'gauge', unit: '{attempt}', description: 'Attempts under way.' },
      seams_policy_calls: { kind: 'counter', unit: '{call}', description: 'Calls that were asked for.' },
      seams_policy_attempts: { kind: 'counter', unit: '{attempt}', description: 'Attempts that were made.' },
      seams_policy_attempts_ended: { kind: 'counter', unit: '{attempt}', description: 'Attempts that have ended.' },
      seams_policy_attempt_seconds: { kind: 'counter', unit: 's', description: 'What those took together.' },
      seams_policy_retries: { kind: 'counter', unit: '{attempt}', description: 'Attempts after the first.' },
      seams_policy_retries_denied: { kind: 'counter', unit: '{attempt}', description: 'Not made for want of budget.' },
      seams_policy_refused: { kind: 'counter', unit: '{attempt}', description: 'Refused by breaker or bulkhead.' },
      seams_policy_breaker_opened: { kind: 'counter', unit: '1', description: 'How often the breaker opened.' },
    },
    () => {
      const { seen } = policy;
      const of = (value: number): Reading => [{ labels: { callee }, value }];
      return {
        seams_policy_breaker_state: of(STATE_VALUES[seen.state]),
        seams_policy_in_flight: of(seen.inFlight),
        seams_policy_calls: of(seen.calls),
        seams_policy_attempts: of(seen.attempts),
        seams_policy_attempts_ended: of(seen.ended),
        seams_policy_attempt_seconds: of(seen.endedMs / 1_000),
        seams_policy_retries: of(seen.retries),
        seams_policy_retries_denied: of(seen.retriesDenied),
        seams_policy_refused: of(seen.refused),
        seams_policy_breaker_opened: of(seen.opened),
      };
    },
  );
  return policy;
}
