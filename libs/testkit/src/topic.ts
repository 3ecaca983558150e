import { randomBytes } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';
import { eventually } from './eventually.ts';

export interface Record {
  readonly key: string;
  readonly value: Buffer;
  readonly headers: { readonly [name: string]: string };
  readonly partition: number;
  readonly offset: number;
}

export interface TestTopic {
  readonly name: string;
  readonly brokers: string[];
  /** Everything committed to the topic now, read from its first offset by a consumer of its own; in offset order per partition. */
  /**
   * @param atLeast waits until so many are there: a transaction is answered before its markers are written, and until
   * then nobody is given what is committed
   */
  read(atLeast?: number): Promise<Record[]>;
}

/** The broker of SEAMS_TEST_KAFKA_BROKERS. */
export function testBrokers(): string[] {
  const brokers = process.env.SEAMS_TEST_KAFKA_BROKERS?.split(',');
  if (!brokers) throw new Error('SEAMS_TEST_KAFKA_BROKERS is not set: run this with npm test -- --only contract');
  return brokers;
}

/** A topic of its own for one test. */
export async function testTopic(partitions = 3): Promise<TestTopic> {
  const brokers = testBrokers();
  const kafka = new Kafka({ clientId: 'test', brokers, logLevel: logLevel.NOTHING });
  const name = `test-${randomBytes(6).toString('hex')}`;
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({
    topics: [{ topic: name, numPartitions: partitions, replicationFactor: 1 }],
    waitForLeaders: false, // kafkajs gives up when a broker that has just started does not know its new topic yet
  });
  await eventually(async () => {
    const { topics } = await admin.fetchTopicMetadata({ topics: [name] });
    const led = topics[0]?.partitions.filter(({ leader }) => leader >= 0).length;
    if (led !== partitions) throw new Error(`${name} has leaders for ${led} of ${partitions} partitions`);
  });
  await admin.disconnect();
  return { name, brokers, read: (atLeast = 0) => eventually(() => readAtLeast(kafka, name, atLeast)) };
}

async function readAtLeast(kafka: Kafka, topic: string, atLeast: number): Promise<Record[]> {
  const records = await readAll(kafka, topic);
  if (records.length < atLeast) throw new Error(`${topic} shows ${records.length} records, not ${atLeast}`);
  return records;
}

async function readAll(kafka: Kafka, topic: string): Promise<Record[]> {
  const admin = kafka.admin();
  await admin.connect();
  const ends = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();
  const missing = new Map(
    ends.filter(({ high }) => Number(high) > 0).map(({ partition, high }) => [partition, Number(high)]),
  );
  const records: Record[] = [];
  if (missing.size === 0) return records;

  const consumer = kafka.consumer({ groupId: `${topic}-${randomBytes(4).toString('hex')}` });
  const done = Promise.withResolvers<void>();
  // Not "until the last record": the markers of transactions take offsets too, and only this event goes past them.
  consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload: { partition, lastOffset } }) => {
    if (Number(lastOffset) + 1 >= (missing.get(partition) ?? Number.POSITIVE_INFINITY)) missing.delete(partition);
    if (missing.size === 0) done.resolve();
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ partition, message }) => {
      const headers = Object.entries(message.headers ?? {}).map(([header, value]) => [header, String(value)]);
      records.push({
        key: String(message.key),
        value: message.value ?? Buffer.alloc(0),
        headers: Object.fromEntries(headers),
        partition,
        offset: Number(message.offset),
      });
    },
  });
  await done.promise;
  await consumer.disconnect();
  return records.sort((a, b) => a.partition - b.partition || a.offset - b.offset);
}
