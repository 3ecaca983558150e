import type { Logger } from '@seams/telemetry';
import { Kafka, type LogEntry, logLevel } from 'kafkajs';
import { letIdleConnectionsRest } from './idle-connections.ts';

export interface KafkaOptions {
  readonly brokers: readonly string[];
  /** Name of the process, seen in the broker's logs and quotas. */
  readonly clientId: string;
  readonly log: Logger;
}

const CONNECT_MS_MAX = 1_000;
// A frozen broker is given up after this, not after kafkajs's 30 s; whoever published tries again.
const ANSWER_MS_MAX = 5_000;
const RETRY_FIRST_MS = 100;
const RETRY_LAST_MS = 2_000;

// kafkajs's own number: 3 s of trying while a broker refuses.
const RETRIES_MAX = 5;

export function kafkaOf(options: KafkaOptions, retries = RETRIES_MAX): Kafka {
  letIdleConnectionsRest();
  return new Kafka({
    clientId: options.clientId,
    brokers: [...options.brokers],
    connectionTimeout: CONNECT_MS_MAX,
    requestTimeout: ANSWER_MS_MAX,
    retry: { initialRetryTime: RETRY_FIRST_MS, maxRetryTime: RETRY_LAST_MS, retries },
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => passOn(options.log, entry),
  });
}

/**
 * Resolves when a broker answers, and fails at once when none does. Any other connect() goes through all its retries,
 * which nothing can stop. The retries are the client's: kafkajs ignores those that an admin is given for this.
 */
export async function oneAnswer(options: KafkaOptions): Promise<void> {
  const admin = kafkaOf(options, 0).admin();
  await admin.connect();
  await admin.disconnect();
}

/** kafkajs logs a rebalance and every broken connection as ERROR; they are events that it recovers from, so warnings. */
function passOn(log: Logger, { namespace, log: { message, error } }: LogEntry): void {
  // What a transactional producer hears with each batch that follows another at once; it tries again by itself.
  if (`${message} ${error}`.includes('another concurrent operation on the same transaction')) return;
  log.warn({ from: `kafkajs ${namespace}`, ...(error ? { error: String(error) } : {}) }, message);
}
