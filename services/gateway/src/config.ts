import { ProcessConfig, readEnvironment, wholeNumber, wholeOrNone } from '@seams/lifecycle';
import { arrowConfig, limitsOf, type PolicyLimits, validateLimits } from '@seams/resilience';
import { z } from 'zod';
import { IN_FLIGHT_MIN } from './admission/gate.ts';

const CALLEES = ['AUTH', 'BUSINESS_LOGIC', 'ANALYTICS'] as const;

const Config = ProcessConfig.extend({
  HTTP_PORT: wholeNumber,
  ...arrowConfig('AUTH'),
  ...arrowConfig('BUSINESS_LOGIC'),
  ...arrowConfig('ANALYTICS'),
  /** What is left for our own answer when a callee has used all of its time. */
  REPLY_RESERVE_MS: wholeNumber.default(50),
  /** How long what auth said of a token is used again without asking; 0 asks each time. */
  AUTH_CACHE_TTL_MS: wholeOrNone.default(5_000),
  /** How old the keys of auth may be that judge tokens while it cannot be asked. */
  AUTH_STALE_MS_MAX: wholeNumber.default(900_000),
  /** As auth has them. */
  TOKEN_ISSUER: z.string().min(1).default('seams-auth'),
  TOKEN_AUDIENCE: z.string().min(1).default('seams'),
  ACCESS_TOKEN_S: wholeNumber.default(900),
  /** How old a report may be that stands in while analytics cannot be asked. */
  ANALYTICS_STALE_MS_MAX: wholeNumber.default(3_600_000),
  /** Where the web console was built to; without it there is none. */
  CONSOLE_DIR: z.string().min(1).optional(),
  /** Where `npm run bench` leaves its last result; without it GET /v1/price answers 404. */
  PRICE_FILE: z.string().min(1).optional(),
  /** Where the auditor is; without it GET /v1/audit answers 503. */
  AUDITOR_URL: z.url({ protocol: /^http$/ }).optional(),
  /** Where Jaeger's query API is answered; without it GET /v1/traces answers 503. */
  TRACES_URL: z.url({ protocol: /^http$/ }).optional(),
  /** Where the watcher is; without it GET /v1/floor and GET /v1/traces/{traceId}/logs answer 503. */
  WATCHER_URL: z.url({ protocol: /^http$/ }).optional(),
  /** Where the lab runner is; without it, and without SEAMS_LABS=on, /v1/labs and /v1/breakage answer 404. */
  LAB_RUNNER_URL: z.url({ protocol: /^http$/ }).optional(),
  /**
   * What an audit may take, instead of REQUEST_MS_MAX: it reads every order and the whole log, it may wait half a minute
   * for events in flight, and perhaps another audit is under way. It holds one socket, and nobody's order waits for it.
   */
  AUDIT_MS_MAX: wholeNumber.default(60_000),
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
  for (const callee of CALLEES) {
    const most = config[`${callee}_CONCURRENT_MAX`];
    if (config.IN_FLIGHT_MAX <= most) continue;
    ctx.addIssue({
      code: 'custom',
      path: ['IN_FLIGHT_MAX'],
      message: `must not exceed ${callee}_CONCURRENT_MAX (${most}), or a top-up that was let in is refused there like any report`,
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
  const within = { ms: config.REQUEST_MS_MAX, name: 'REQUEST_MS_MAX' };
  for (const { path, message } of CALLEES.flatMap((callee) => validateLimits(policyLimits(config, callee), within)))
    ctx.addIssue({ code: 'custom', path: [path], message });
});
export type Config = z.infer<typeof Config>;

export const readConfig = (env = process.env): Config => readEnvironment(Config, env);

/** How a callee is called. */
export const policyLimits = (config: Config, callee: (typeof CALLEES)[number]): PolicyLimits =>
  limitsOf(callee, config, config.REPLY_RESERVE_MS);
