/** Reads Kafka's log as its consumers see it, to where it ends now, by a consumer of its own that commits nothing. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin, Batch, Consumer, Kafka, KafkaMessage } from 'kafkajs';

export interface ReadOptions {
  readonly topics: readonly string[];
  /** The first offset of interest per partition, of those that are named; else all of them from their beginning. */
  readonly starts?: ReadonlyMap<number, bigint>;
  /** The reader's name at the broker. */
  readonly name: string;
  readonly readMsMax: number;
}

export type Take = (topic: string, partition: number, message: KafkaMessage) => void;

/** How long the broker holds a question while there is nothing to give; the end of the reading waits for its end. */
const IDLE_POLL_MS = 200;

/**
 * Gives every committed record between the starts and the ends, of one partition in order. What is on the topics at
 * the call is read; a batch that is still open then, and what stands behind it, is not.
 *
 * An offset is not always a record: each transaction ends with a marker that takes one, and the records of an aborted
 * one are left out. Whoever waits for a *record* at the end may wait for ever. kafkajs says how far it is, past markers
 * too, in one place: the event at the end of each batch, which comes even when nothing of the batch is left.
 */
export async function readLog(kafka: Kafka, options: ReadOptions, take: Take): Promise<void> {
  await withAdmin(kafka, async (admin) => {
    const unread = await rangesOf(admin, options);
    if (unread.size === 0) return;
    // A new group starts at the beginning; it is removed again, or each reading would leave one behind.
    const groupId = `${options.name}-${randomUUID()}`;
    const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: IDLE_POLL_MS, allowAutoTopicCreation: false });
    try {
      await consumer.connect();
      await consume(consumer, unread, options, take);
    } finally {
      await consumer.disconnect();
      // Not worth failing for: a group that has no member and committed nothing is Kafka's to remove.
      await admin.deleteGroups([groupId]).catch(() => undefined);
    }
  });
}

async function consume(consumer: Consumer, unread: Ranges, options: ReadOptions, take: Take): Promise<void> {
  const { topics, starts, readMsMax } = options;
  const whole = Promise.withResolvers<void>();
  consumer.on(consumer.events.CRASH, ({ payload }) => whole.reject(payload.error));
  consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
    const place = placeOf(payload);
    const range = unread.get(place);
    if (range) range.next = BigInt(payload.lastOffset) + 1n;
    if (range && range.next >= range.end) unread.delete(place);
    if (unread.size === 0) whole.resolve();
  });
  await consumer.subscribe({ topics: [...topics], fromBeginning: true });
  await consumer.run({ autoCommit: false, eachBatch: async ({ batch }) => takeOf(batch, unread, take) });
  if (starts) {
    for (const { topic, partition, next } of unread.values()) consumer.seek({ topic, partition, offset: String(next) });
  }
  const late = await Promise.race([whole.promise, sleep(readMsMax, 'late' as const, { ref: false })]);
  if (late) throw new Error(`${topics.join(', ')}: not read to the end within ${readMsMax / 1_000} s: try again`);
}

function takeOf(batch: Batch, unread: Ranges, take: Take): void {
  const range = unread.get(placeOf(batch));
  if (!range) return;
  for (const message of batch.messages) {
    const offset = BigInt(message.offset);
    if (offset >= range.next && offset < range.end) take(batch.topic, batch.partition, message);
  }
}

interface Range {
  readonly topic: string;
  readonly partition: number;
  next: bigint;
  /** The offset after the last that is settled: kafkajs asks as a consumer does that reads what is committed. */
  readonly end: bigint;
}
type Ranges = Map<string, Range>;

const placeOf = ({ topic, partition }: { readonly topic: string; readonly partition: number }): string =>
  `${topic} ${partition}`;

async function rangesOf(admin: Admin, { topics, starts }: ReadOptions): Promise<Ranges> {
  const ranges: Ranges = new Map();
  for (const topic of topics) {
    for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
      const start = starts ? starts.get(partition) : 0n;
      if (start === undefined) continue;
      const next = start > BigInt(low) ? start : BigInt(low);
      if (next < BigInt(high)) ranges.set(placeOf({ topic, partition }), { topic, partition, next, end: BigInt(high) });
    }
  }
  return ranges;
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
