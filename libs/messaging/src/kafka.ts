import type { Logger } from '@seams/telemetry';
import { Kafka, type LogEntry, logLevel } from 'kafkajs';

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

export function kafkaOf(options: KafkaOptions): Kafka {
  return new Kafka({
    clientId: options.clientId,
    brokers: [...options.brokers],
    connectionTimeout: CONNECT_MS_MAX,
    requestTimeout: ANSWER_MS_MAX,
    retry: { initialRetryTime: RETRY_FIRST_MS, maxRetryTime: RETRY_LAST_MS },
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => passOn(options.log, entry),
  });
}

/** kafkajs logs a rebalance and every broken connection as ERROR; they are events that it recovers from, so warnings. */
function passOn(log: Logger, { namespace, log: { message, error } }: LogEntry): void {
  log.warn({ from: `kafkajs ${namespace}`, ...(error ? { error: String(error) } : {}) }, message);
}
