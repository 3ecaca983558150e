import { list, ProcessConfig, readEnvironment, wholeNumber, wholeOrNone } from '@seams/lifecycle';
import { checkIdleTimeout } from '@seams/postgres';
import { z } from 'zod';

const Config = ProcessConfig.extend({
  GRPC_PORT: wholeNumber,
  /** The role "storage" of the database "storage". */
  POSTGRES_URL: z.string().min(1),
  /** Beside the URL, so that it may hold any character. */
  POSTGRES_URL_PASSWORD: z.string().min(1).optional(),
  POSTGRES_CONNECTIONS_MAX: wholeNumber.max(100).default(12),
  /** Orders that share one transaction at most; 1 gives each its own. */
  COMMIT_ORDERS_MAX: wholeNumber.min(1).max(128).default(32),
  /** Such transactions at once: the others' connections are for what goes alone, and for reads. */
  COMMITS_AT_ONCE_MAX: wholeNumber.min(1).default(2),
  KAFKA_BROKERS: list,
  /** The same for all replicas; two installations on one Kafka need two, or they shut each other out. */
  RELAY_TRANSACTIONAL_ID: z.string().min(1).default('seams-outbox'),
  /** How long a key keeps its answer. A client may repeat for a day, so less is refused. */
  IDEMPOTENCY_KEEP_HOURS: wholeNumber.min(24).default(48),
  SWEEP_EVERY_MS: wholeNumber.default(60_000),
  /** How long a relay that has gone silent keeps the others out. */
  RELAY_LEASE_MS: wholeNumber.default(3_000),
  /** How long an event waits at most when the wake-up got lost. */
  RELAY_POLL_MS: wholeNumber.default(500),
  /** How long events gather for one turn of the relay: so much later at most is an order in a report. 0 is no pause. */
  RELAY_PACE_MS: wholeOrNone.default(50),
})
  .refine(checkIdleTimeout.check, checkIdleTimeout.issue)
  .refine((c) => c.COMMITS_AT_ONCE_MAX * 2 <= c.POSTGRES_CONNECTIONS_MAX, {
    path: ['COMMITS_AT_ONCE_MAX'],
    message: 'must be at most half of POSTGRES_CONNECTIONS_MAX: groups of orders must leave connections to all else',
  })
  .refine((c) => c.RELAY_PACE_MS <= c.RELAY_POLL_MS, {
    path: ['RELAY_PACE_MS'],
    message: 'must be at most RELAY_POLL_MS, which says how long an event waits',
  })
  .refine((c) => c.RELAY_POLL_MS * 3 <= c.RELAY_LEASE_MS, {
    path: ['RELAY_LEASE_MS'],
    message:
      'must be at least 3 × RELAY_POLL_MS: the holder renews once per poll, and one late poll must not cost the lease',
  });
export type Config = z.infer<typeof Config>;

export const readConfig = (env = process.env): Config => readEnvironment(Config, env);

const MigrationConfig = z.object({
  /** The role that owns the tables. */
  POSTGRES_OWNER_URL: z.string().min(1),
  POSTGRES_OWNER_URL_PASSWORD: z.string().min(1).optional(),
  SEAMS_SEED: z.enum(['none', 'demo']).default('none'),
});

export const readMigrationConfig = (env = process.env): z.infer<typeof MigrationConfig> =>
  readEnvironment(MigrationConfig, env);
