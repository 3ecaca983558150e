import { z } from 'zod';

/** A number of the environment: a whole one, positive. */
export const wholeNumber = z.coerce.number().int().positive();
/** Where 0 means: not at all. */
export const wholeOrNone = z.coerce.number().int().nonnegative();

/** A list such as "127.0.0.1:19092,127.0.0.1:19093". */
export const list = z
  .string()
  .transform((text) => text.split(',').filter(Boolean))
  .pipe(z.array(z.string()).min(1));

/** What every process of ours is given. Each service's config.ts extends it. */
export const ProcessConfig = z
  .object({
    /** The replica, for example "storage-2". */
    SEAMS_PROCESS: z.string().min(1),
    HOST: z.string().min(1).default('127.0.0.1'),
    OPS_PORT: wholeNumber,
    OTLP_URL: z.url(),
    TRACE_RATIO: z.coerce.number().min(0).max(1),
    LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
    /** The most that one request may take, from the gateway to its answer. */
    REQUEST_MS_MAX: wholeNumber,
    /** Whether requests may carry faults (Seams-Fault). Off unless said; the production profile refuses it. */
    SEAMS_LABS: z.enum(['on', 'off']).default('off'),
    /** How much of its policies stands, for a bench that takes the price of each part (docs/price.md). */
    SEAMS_RUNG: z.enum(['bare', 'retries', 'apart', 'whole']).default('whole'),
    /** What is left for in-flight work after SIGTERM. */
    DRAIN_MS_MAX: wholeNumber,
  })
  .refine((c) => c.DRAIN_MS_MAX > c.REQUEST_MS_MAX, {
    path: ['DRAIN_MS_MAX'],
    message: 'must be above REQUEST_MS_MAX, or a restart cuts requests off that are in time',
  })
  .refine((c) => c.SEAMS_RUNG === 'whole' || c.SEAMS_LABS === 'on', {
    path: ['SEAMS_RUNG'],
    message: 'leaves protections out, so it is for benches: only where SEAMS_LABS=on',
  });
export type ProcessConfig = z.infer<typeof ProcessConfig>;

/** Thrown by config.ts; runProcess prints it as one line per wrong variable and exits with 1. */
export class ConfigError extends Error {}

/** Checks the environment against a schema, all of it at once, and names each variable that is wrong. */
export function readEnvironment<T>(schema: z.ZodType<T>, env: Readonly<Record<string, string | undefined>>): T {
  const parsed = schema.safeParse(env);
  if (parsed.success) return parsed.data;
  // Only the rule that was broken is shown, never the value: some of these are secrets.
  throw new ConfigError(
    parsed.error.issues.map((issue) => `${issue.path.join('.') || 'config'}: ${issue.message}`).join('\n'),
  );
}
