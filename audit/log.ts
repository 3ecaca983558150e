/** The Kafka log, read from offset 0 to where it ends by a consumer of its own that commits nothing. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type IHeaders, Kafka, logLevel } from 'kafkajs';
import { decodeOrderPlaced, sha256 } from './protos.ts';

export interface LogRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly key: string;
  /** Empty when the record carries none. */
  readonly eventId: string;
  readonly contentSha256: string;
  /** The order's version after the event; undefined when the value is no OrderPlaced. */
  readonly version: number | undefined;
}

// 300,000 records of 300 bytes take 10 s on two busy cores.
const READ_MS_MAX = 120_000;
const CONNECT_MS_MAX = 2_000;

/** Ends are taken at the call: what the caller knew to be published before it is read. */
export async function readLog(brokers: readonly string[], topics: readonly string[]): Promise<LogRecord[]> {
  const kafka = new Kafka({
    clientId: 'seams-audit',
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
    connectionTimeout: CONNECT_MS_MAX,
    retry: { retries: 3 },
  });
  const admin = kafka.admin();
  await admin.connect();
  try {
    const missing = new Map<string, bigint>();
    for (const topic of topics) {
      for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
        if (low !== high) missing.set(`${topic} ${partition}`, BigInt(high));
      }
    }
    if (missing.size === 0) return [];
    // A new group starts at the beginning; it is removed again, or each audit would leave one behind.
    const groupId = `seams-audit-${randomUUID()}`;
    try {
      return await consume(kafka, groupId, topics, missing);
    } finally {
      await admin.deleteGroups([groupId]);
    }
  } finally {
    await admin.disconnect();
  }
}

async function consume(
  kafka: Kafka,
  groupId: string,
  topics: readonly string[],
  missing: Map<string, bigint>,
): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  const whole = Promise.withResolvers<void>();
  const consumer = kafka.consumer({ groupId });
  consumer.on('consumer.crash', ({ payload }) => whole.reject(payload.error));
  await consumer.connect();
  try {
    await consumer.subscribe({ topics: [...topics], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch }) => {
        for (const { offset, key, value, headers } of batch.messages) {
          const bytes = value ?? Buffer.alloc(0);
          records.push({
            topic: batch.topic,
            partition: batch.partition,
            offset,
            key: key?.toString() ?? '',
            eventId: headerOf(headers, 'event-id'),
            contentSha256: sha256(bytes),
            version: decodeOrderPlaced(bytes)?.orderVersion,
          });
        }
        const place = `${batch.topic} ${batch.partition}`;
        if (BigInt(batch.lastOffset()) + 1n >= (missing.get(place) ?? 0n)) missing.delete(place);
        if (missing.size === 0) whole.resolve();
      },
    });
    const late = await Promise.race([whole.promise, sleep(READ_MS_MAX, 'late' as const, { ref: false })]);
    if (late) throw new Error(`Kafka's log was not read to its end within ${READ_MS_MAX / 1_000} s`);
    return records;
  } finally {
    await consumer.disconnect();
  }
}

const headerOf = (headers: IHeaders | undefined, name: string): string => headers?.[name]?.toString() ?? '';
