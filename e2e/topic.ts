/** Reads a topic from its beginning to where it ends now. */
import { Kafka, logLevel } from 'kafkajs';
import { readLog } from '../tools/kafka/read-log.ts';

export interface TopicRecord {
  readonly partition: number;
  readonly offset: string;
  readonly key: string;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

const READ_MS_MAX = 20_000;

/** In offset order per partition. */
export async function readWholeTopic(brokers: readonly string[], topic: string): Promise<TopicRecord[]> {
  const kafka = new Kafka({ clientId: 'seams-e2e', brokers: [...brokers], logLevel: logLevel.NOTHING });
  const records: TopicRecord[] = [];
  await readLog(kafka, { topics: [topic], name: 'seams-e2e', readMsMax: READ_MS_MAX }, (_, partition, message) => {
    const { offset, key, value, headers = {} } = message;
    records.push({
      partition,
      offset,
      key: key?.toString() ?? '',
      value: value ?? Buffer.alloc(0),
      headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, String(text)])),
    });
  });
  return records;
}
