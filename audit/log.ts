/** The Kafka log, read from offset 0 to where it ends by a consumer of its own that commits nothing. */
import { type IHeaders, Kafka, logLevel } from 'kafkajs';
import { readLog as readWholeLog } from '../tools/kafka/read-log.ts';
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

/** Ends are taken at the call: what the caller knew to be published before it is read, and only what is committed. */
export async function readLog(brokers: readonly string[], topics: readonly string[]): Promise<LogRecord[]> {
  const kafka = new Kafka({
    clientId: 'seams-audit',
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
    connectionTimeout: CONNECT_MS_MAX,
    retry: { retries: 3 },
  });
  const records: LogRecord[] = [];
  await readWholeLog(kafka, { topics, name: 'seams-audit', readMsMax: READ_MS_MAX }, (topic, partition, message) => {
    const bytes = message.value ?? Buffer.alloc(0);
    records.push({
      topic,
      partition,
      offset: message.offset,
      key: message.key?.toString() ?? '',
      eventId: headerOf(message.headers, 'event-id'),
      contentSha256: sha256(bytes),
      version: decodeOrderPlaced(bytes)?.orderVersion,
    });
  });
  return records;
}

const headerOf = (headers: IHeaders | undefined, name: string): string => headers?.[name]?.toString() ?? '';
