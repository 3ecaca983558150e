import { list, ProcessConfig, readEnvironment, wholeNumber } from '@seams/lifecycle';
import { checkIdleTimeout } from '@seams/postgres';
import { z } from 'zod';

const Config = ProcessConfig.extend({
  GRPC_PORT: wholeNumber,
  /** The role "analytics" of the database "analytics". */
  POSTGRES_URL: z.string().min(1),
  /** Beside the URL, so that it may hold any character. */
  POSTGRES_URL_PASSWORD: z.string().min(1).optional(),
  POSTGRES_CONNECTIONS_MAX: wholeNumber.max(100).default(8),
  KAFKA_BROKERS: list,
  ORDERS_TOPIC: z.string().min(1).default('seams.orders.v1'),
  DEAD_LETTERS_TOPIC: z.string().min(1).default('seams.orders.v1.dead-letters'),
  /** Whoever counts into one database must be of one group. */
  CONSUMER_GROUP: z.string().min(1).default('analytics'),
})
  .refine(checkIdleTimeout.check, checkIdleTimeout.issue)
  .refine((c) => c.ORDERS_TOPIC !== c.DEAD_LETTERS_TOPIC, {
    path: ['DEAD_LETTERS_TOPIC'],
    message: 'must differ from ORDERS_TOPIC: what cannot be read would come back for ever',
  });
export type Config = z.infer<typeof Config>;

export const readConfig = (env = process.env): Config => readEnvironment(Config, env);

const MigrationConfig = z.object({
  /** The role "analytics_owner" of the database "analytics". */
  POSTGRES_OWNER_URL: z.string().min(1),
  POSTGRES_OWNER_URL_PASSWORD: z.string().min(1).optional(),
});
export type MigrationConfig = z.infer<typeof MigrationConfig>;

export const readMigrationConfig = (env = process.env): MigrationConfig => readEnvironment(MigrationConfig, env);

const RebuildConfig = z.object({
  /** The role "analytics", which counts, and "analytics_owner", which makes tables and exchanges them. */
  POSTGRES_URL: z.string().min(1),
  POSTGRES_URL_PASSWORD: z.string().min(1).optional(),
  POSTGRES_OWNER_URL: z.string().min(1),
  POSTGRES_OWNER_URL_PASSWORD: z.string().min(1).optional(),
  KAFKA_BROKERS: list,
  ORDERS_TOPIC: z.string().min(1).default('seams.orders.v1'),
  /** Of those who count live. */
  CONSUMER_GROUP: z.string().min(1).default('analytics'),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('error'),
});
export type RebuildConfig = z.infer<typeof RebuildConfig>;

export const readRebuildConfig = (env = process.env): RebuildConfig => readEnvironment(RebuildConfig, env);
