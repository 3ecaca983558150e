/** Reads a topic as it is, bytes and all: what cannot be read by its consumer must not be bent by ours. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin, Kafka, KafkaMessage } from 'kafkajs';

export type Headers = Readonly<Record<string, Buffer | string | (Buffer | string)[] | undefined>>;

export interface TopicRecord {
  readonly partition: number;
  readonly offset: bigint;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Headers;
  /** When it was appended, or what its producer claims; Unix time in milliseconds. */
  readonly timeMs: number;
}

/** The first offset of interest, per partition. */
export type Starts = ReadonlyMap<number, bigint>;

const READ_MS_MAX = 30_000;
const IDLE_POLL_MS = 200;

/**
 * Every record of the topic from these offsets to where it ends now; of all partitions from their beginning when none
 * are named. A group of its own that commits nothing: reading disturbs nobody.
 */
export async function readTopic(kafka: Kafka, topic: string, starts?: Starts): Promise<TopicRecord[]> {
  const missing = await withAdmin(kafka, (admin) => rangesOf(admin, topic, starts));
  const records: TopicRecord[] = [];
  if (missing.size === 0) return records;

  const whole = Promise.withResolvers<void>();
  const groupId = `npm-run-dead-letters-${randomUUID()}`;
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: IDLE_POLL_MS, allowAutoTopicCreation: false });
  const wanted = new Map(missing);
  await consumer.connect();
  try {
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch }) => {
        const range = wanted.get(batch.partition);
        if (!range || !missing.has(batch.partition)) return;
        for (const message of batch.messages) {
          const record = recordOf(batch.partition, message);
          if (record.offset >= range.from && record.offset < range.end) records.push(record);
        }
        // The batch's last offset, not its last message's: markers of transactions take offsets too.
        if (BigInt(batch.lastOffset()) + 1n >= range.end) missing.delete(batch.partition);
        if (missing.size === 0) whole.resolve();
      },
    });
    for (const [partition, { from }] of wanted) consumer.seek({ topic, partition, offset: String(from) });
    const late = await Promise.race([whole.promise, sleep(READ_MS_MAX, 'late' as const, { ref: false })]);
    if (late) throw new Error(`${topic} was not read to its end within ${READ_MS_MAX / 1_000} s: try again`);
  } finally {
    await consumer.disconnect();
  }
  await withAdmin(kafka, (admin) => admin.deleteGroups([groupId]));
  return records.sort((a, b) => a.partition - b.partition || Number(a.offset - b.offset));
}

export async function withAdmin<T>(kafka: Kafka, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

interface Range {
  readonly from: bigint;
  /** The offset after the last record. */
  readonly end: bigint;
}

async function rangesOf(admin: Admin, topic: string, starts: Starts | undefined): Promise<Map<number, Range>> {
  const ranges = new Map<number, Range>();
  for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
    const start = starts ? starts.get(partition) : 0n;
    if (start === undefined) continue;
    const from = start > BigInt(low) ? start : BigInt(low);
    if (from < BigInt(high)) ranges.set(partition, { from, end: BigInt(high) });
  }
  return ranges;
}

const recordOf = (partition: number, { offset, key, value, headers = {}, timestamp }: KafkaMessage): TopicRecord => ({
  partition,
  offset: BigInt(offset),
  key,
  value,
  headers,
  timeMs: Number(timestamp),
});
