import { ProcessConfig, readEnvironment, wholeNumber } from '@seams/lifecycle';
import { z } from 'zod';
import { IN_FLIGHT_MIN } from './admission/gate.ts';

/** What a gRPC channel is opened to: all replicas of one callee. */
const target = z.string().min(1);
const attemptsMax = wholeNumber.max(5);

const Config = ProcessConfig.extend({
  HTTP_PORT: wholeNumber,
  AUTH_TARGET: target,
  /** The most that one attempt at auth may take; the same below for the others. */
  AUTH_BUDGET_MS: wholeNumber,
  AUTH_ATTEMPTS_MAX: attemptsMax,
  BUSINESS_LOGIC_TARGET: target,
  BUSINESS_LOGIC_BUDGET_MS: wholeNumber,
  BUSINESS_LOGIC_ATTEMPTS_MAX: attemptsMax,
  ANALYTICS_TARGET: target,
  ANALYTICS_BUDGET_MS: wholeNumber,
  ANALYTICS_ATTEMPTS_MAX: attemptsMax,
  /** Where the auditor is; without it GET /v1/audit answers 503. */
  AUDITOR_URL: z.url({ protocol: /^http$/ }).optional(),
  /**
   * What an audit may take, instead of REQUEST_MS_MAX: it reads every order and the whole log, it may wait half a minute
   * for events in flight, and perhaps another audit is under way. It holds one socket, and nobody's order waits for it.
   */
  AUDIT_MS_MAX: wholeNumber.default(60_000),
  /** Calls to one callee at once; one more is refused with 429 instead of queueing behind them. */
  CALLS_AT_ONCE_MAX: wholeNumber.default(256),
  /**
   * Requests at once in this process; the less critical are refused at a share of it (src/admission/gate.ts).
   * docs/overload.md has the measurement.
   */
  IN_FLIGHT_MAX: wholeNumber.min(IN_FLIGHT_MIN).default(24),
  /** Per customer and process. A person taps a few times a second; a till of a café that orders for a queue some ten. */
  CUSTOMER_PER_S_MAX: wholeNumber.default(50),
  CUSTOMER_BURST_MAX: wholeNumber.default(100),
  /** Register, login and refresh, per address and process: an office or a school stands behind one address. */
  ADDRESS_PER_S_MAX: wholeNumber.default(20),
  ADDRESS_BURST_MAX: wholeNumber.default(100),
  /** Kept of each of the two kinds; some 150 bytes each, so 3 MB. */
  BUCKETS_MAX: wholeNumber.default(10_000),
  /** Whether the balancer in front writes X-Forwarded-For itself. Where it does not, a client could choose its address. */
  TRUST_FORWARDED_FOR: z.enum(['on', 'off']).default('off'),
}).superRefine((config, ctx) => {
  if (config.IN_FLIGHT_MAX > config.CALLS_AT_ONCE_MAX) {
    ctx.addIssue({
      code: 'custom',
      path: ['IN_FLIGHT_MAX'],
      message: 'must not exceed CALLS_AT_ONCE_MAX, or a top-up that was let in is refused behind auth like any report',
    });
  }
  for (const who of ['CUSTOMER', 'ADDRESS'] as const) {
    if (config[`${who}_BURST_MAX`] >= config[`${who}_PER_S_MAX`]) continue;
    ctx.addIssue({
      code: 'custom',
      path: [`${who}_BURST_MAX`],
      message: `must hold a second of ${who}_PER_S_MAX, or requests that come together never reach that rate`,
    });
  }
  for (const callee of ['AUTH', 'BUSINESS_LOGIC', 'ANALYTICS'] as const) {
    if (config[`${callee}_BUDGET_MS`] * config[`${callee}_ATTEMPTS_MAX`] < config.REQUEST_MS_MAX) continue;
    ctx.addIssue({
      code: 'custom',
      path: [`${callee}_BUDGET_MS`],
      message: `${callee}_BUDGET_MS × ${callee}_ATTEMPTS_MAX must fit inside REQUEST_MS_MAX, or the last attempt is always wasted`,
    });
  }
});
export type Config = z.infer<typeof Config>;

export const readConfig = (env = process.env): Config => readEnvironment(Config, env);
