import { ProcessConfig, readEnvironment, wholeNumber } from '@seams/lifecycle';
import { z } from 'zod';

const Config = ProcessConfig.extend({
  GRPC_PORT: wholeNumber,
  /** gRPC target of all storage replicas. */
  STORAGE_TARGET: z.string().min(1),
  /** The most that one attempt at storage may take. */
  STORAGE_BUDGET_MS: wholeNumber,
  STORAGE_ATTEMPTS_MAX: wholeNumber.max(5),
  STORAGE_CALLS_AT_ONCE_MAX: wholeNumber.default(256),
}).refine((c) => c.STORAGE_BUDGET_MS * c.STORAGE_ATTEMPTS_MAX < c.REQUEST_MS_MAX, {
  path: ['STORAGE_ATTEMPTS_MAX'],
  message:
    'STORAGE_BUDGET_MS × STORAGE_ATTEMPTS_MAX must fit inside REQUEST_MS_MAX, or the last attempt is always wasted',
});
export type Config = z.infer<typeof Config>;

export const readConfig = (env = process.env): Config => readEnvironment(Config, env);
