import { ProcessConfig, readEnvironment, wholeNumber, wholeOrNone } from '@seams/lifecycle';
import { arrowConfig, limitsOf, type PolicyLimits, validateLimits } from '@seams/resilience';
import type { z } from 'zod';

const Config = ProcessConfig.extend({
  GRPC_PORT: wholeNumber,
  ...arrowConfig('STORAGE'),
  /** How old the prices may be at which an order is decided; 0 reads them for each. */
  STORAGE_CACHE_TTL_MS: wholeOrNone.default(1_000),
  /** How old a menu may be that stands in while storage cannot be asked. */
  STORAGE_STALE_MS_MAX: wholeNumber.default(600_000),
  /** How long whoever calls us waits for one answer. */
  CALLER_WAITS_MS: wholeNumber,
  /** What is left for our own answer when storage has used all of its time. */
  REPLY_RESERVE_MS: wholeNumber.default(50),
}).superRefine((config, ctx) => {
  const within = { ms: config.CALLER_WAITS_MS, name: 'CALLER_WAITS_MS' };
  for (const { path, message } of validateLimits(storageLimits(config), within))
    ctx.addIssue({ code: 'custom', path: [path], message });
});
export type Config = z.infer<typeof Config>;

export const readConfig = (env = process.env): Config => readEnvironment(Config, env);

/** How storage is called. */
export const storageLimits = (config: Config): PolicyLimits => limitsOf('STORAGE', config, config.REPLY_RESERVE_MS);
