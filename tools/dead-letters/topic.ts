/** Reads a topic as it is, bytes and all: what cannot be read by its consumer must not be bent by ours. */
import type { Kafka, KafkaMessage } from 'kafkajs';
import { readLog } from '../kafka/read-log.ts';

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

/** Every record of the topic from these offsets to where it ends now; of all partitions when none are named. */
export async function readTopic(kafka: Kafka, topic: string, starts?: Starts): Promise<TopicRecord[]> {
  const records: TopicRecord[] = [];
  const options = { topics: [topic], name: 'npm-run-dead-letters', readMsMax: READ_MS_MAX, ...(starts && { starts }) };
  await readLog(kafka, options, (_, partition, message) => records.push(recordOf(partition, message)));
  return records.sort((a, b) => a.partition - b.partition || Number(a.offset - b.offset));
}

const recordOf = (partition: number, { offset, key, value, headers = {}, timestamp }: KafkaMessage): TopicRecord => ({
  partition,
  offset: BigInt(offset),
  key,
  value,
  headers,
  timeMs: Number(timestamp),
});
