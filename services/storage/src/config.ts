import { list, ProcessConfig, readEnvironment, wholeNumber } from '@seams/lifecycle';
import { transactionsMayLast } from '@seams/postgres';
import { z } from 'zod';

const Config = ProcessConfig.extend({
  GRPC_PORT: wholeNumber,
  /** The role "storage" of the database "storage". */
  POSTGRES_URL: z.string().min(1),
  POSTGRES_CONNECTIONS_MAX: wholeNumber.max(100).default(12),
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
})
  .refine(transactionsMayLast.check, transactionsMayLast.issue)
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
  SEAMS_SEED: z.enum(['none', 'demo']).default('none'),
});

export const readMigrationConfig = (env = process.env): z.infer<typeof MigrationConfig> =>
  readEnvironment(MigrationConfig, env);
