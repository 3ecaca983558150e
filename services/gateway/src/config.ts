import { ProcessConfig, readEnvironment, wholeNumber } from '@seams/lifecycle';
import { z } from 'zod';

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
}).superRefine((config, ctx) => {
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
