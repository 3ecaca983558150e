/** Reads a topic from its beginning to where it ends now. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';

export interface TopicRecord {
  readonly partition: number;
  readonly offset: string;
  readonly key: string;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

const READ_MS_MAX = 20_000;

export async function readWholeTopic(brokers: readonly string[], topic: string): Promise<TopicRecord[]> {
  const kafka = new Kafka({ clientId: 'seams-e2e', brokers: [...brokers], logLevel: logLevel.NOTHING });
  const missing = await endsOf(kafka, topic);
  const records: TopicRecord[] = [];
  if (missing.size === 0) return records;

  const whole = Promise.withResolvers<void>();
  const consumer = kafka.consumer({ groupId: `seams-e2e-${randomUUID()}` });
  await consumer.connect();
  try {
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachMessage: async ({ partition, message }) => {
        const { offset, key, value, headers = {} } = message;
        records.push({
          partition,
          offset,
          key: key?.toString() ?? '',
          value: value ?? Buffer.alloc(0),
          headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, String(text)])),
        });
        if (BigInt(offset) + 1n >= (missing.get(partition) ?? 0n)) missing.delete(partition);
        if (missing.size === 0) whole.resolve();
      },
    });
    const late = await Promise.race([whole.promise, sleep(READ_MS_MAX, 'late' as const, { ref: false })]);
    if (late) throw new Error(`${topic} was not read to its end within ${READ_MS_MAX / 1_000} s`);
    return records;
  } finally {
    await consumer.disconnect();
  }
}

/** The offset after the last record of each partition that has any. */
async function endsOf(kafka: Kafka, topic: string): Promise<Map<number, bigint>> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const offsets = await admin.fetchTopicOffsets(topic);
    return new Map(
      offsets.filter(({ low, high }) => low !== high).map(({ partition, high }) => [partition, BigInt(high)]),
    );
  } finally {
    await admin.disconnect();
  }
}
