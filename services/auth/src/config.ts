import { ProcessConfig, readEnvironment, wholeNumber } from '@seams/lifecycle';
import { checkIdleTimeout } from '@seams/postgres';
import { z } from 'zod';

const Config = ProcessConfig.extend({
  GRPC_PORT: wholeNumber,
  /** The role "auth" of the database "auth". */
  POSTGRES_URL: z.string().min(1),
  /** Beside the URL, so that it may hold any character. */
  POSTGRES_URL_PASSWORD: z.string().min(1).optional(),
  POSTGRES_CONNECTIONS_MAX: wholeNumber.max(100).default(8),
  TOKEN_ISSUER: z.string().min(1).default('seams-auth'),
  TOKEN_AUDIENCE: z.string().min(1).default('seams'),
  /** 15 minutes: how long somebody without a connection to auth may go on after being disabled. */
  ACCESS_TOKEN_S: wholeNumber.default(900),
  /** 14 days without a visit, and one logs in again. */
  REFRESH_TOKEN_S: wholeNumber.default(1_209_600),
  /** How long a refresh token whose reply got lost may be used again. */
  REFRESH_GRACE_MS: wholeNumber.default(10_000),
  /** argon2 holds a thread of libuv's four for its 15 ms; the others are for files and names. */
  HASHES_AT_ONCE_MAX: wholeNumber.max(3).default(2),
  /** 16 waiting, 2 at once, 15 to 30 ms each: at most 240 ms of the 500 ms that the gateway gives a call. */
  HASHES_WAITING_MAX: wholeNumber.default(16),
})
  .refine(checkIdleTimeout.check, checkIdleTimeout.issue)
  .refine((c) => c.ACCESS_TOKEN_S < c.REFRESH_TOKEN_S, {
    path: ['REFRESH_TOKEN_S'],
    message: 'must be longer than ACCESS_TOKEN_S: a refresh token that ends first can never be used',
  })
  .refine((c) => c.REFRESH_GRACE_MS >= 2 * c.REQUEST_MS_MAX, {
    path: ['REFRESH_GRACE_MS'],
    message: 'must be at least 2 × REQUEST_MS_MAX: the client waits that long for a lost reply before it asks again',
  })
  .refine((c) => c.REFRESH_GRACE_MS < c.ACCESS_TOKEN_S * 1_000, {
    path: ['REFRESH_GRACE_MS'],
    message: 'must be shorter than ACCESS_TOKEN_S: reuse would never be noticed otherwise',
  });
export type Config = z.infer<typeof Config>;

export const readConfig = (env = process.env): Config => readEnvironment(Config, env);

const MigrationConfig = z.object({
  /** The role "auth_owner" of the database "auth". */
  POSTGRES_OWNER_URL: z.string().min(1),
  POSTGRES_OWNER_URL_PASSWORD: z.string().min(1).optional(),
  /** A JSON file: [{ email, password, displayName, roles, cafeIds }]. */
  SEAMS_DEMO_ACCOUNTS: z.string().min(1).optional(),
});
export type MigrationConfig = z.infer<typeof MigrationConfig>;

export const readMigrationConfig = (env = process.env): MigrationConfig => readEnvironment(MigrationConfig, env);
