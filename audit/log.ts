/** The Kafka log, read from offset 0 to where it ends by a consumer of its own that commits nothing. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type IHeaders, Kafka, logLevel } from 'kafkajs';
import { readLog as readWholeLog } from '../tools/kafka/read-log.ts';
import { decodeOrderPlaced, sha256 } from './protos.ts';
import { NotAnswered } from './rest.ts';

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
/** A broker that comes back has its leaders again within the 9 s after which it would be missed, and some for electing. */
const ELECTION_MS_MAX = 15_000;
const AGAIN_MS = 500;

/**
 * Ends are taken at the call: what the caller knew to be published before it is read, and only what is committed.
 * @throws NotAnswered when the broker can't be reached
 */
export async function readLog(brokers: readonly string[], topics: readonly string[]): Promise<LogRecord[]> {
  const kafka = new Kafka({
    clientId: 'seams-audit',
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
    connectionTimeout: CONNECT_MS_MAX,
    retry: { retries: 3 },
  });
  const records: LogRecord[] = [];
  const read = async (): Promise<void> => {
    records.length = 0;
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
  };
  const giveUpAt = performance.now() + ELECTION_MS_MAX;
  for (;;) {
    try {
      await read();
      return records;
    } catch (error) {
      // A broker that was just thawed answers, and does not lead yet: that says nothing of what is on it.
      if (!isElecting(error) || performance.now() > giveUpAt) throw noAnswer(error);
      await sleep(AGAIN_MS);
    }
  }
}

/** kafkajs wraps what the broker said once its own few tries are over. */
function isElecting(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (error as { type?: unknown }).type === 'LEADER_NOT_AVAILABLE' || isElecting(error.cause);
}

/** kafkajs throws its own errors and, for a broker that is silent from the start, a plain Error. Any other kind is a bug of ours. */
const noAnswer = (error: unknown): unknown =>
  error instanceof Error && /^(KafkaJS|Error$)/.test(error.name)
    ? new NotAnswered(`Kafka did not give its log: ${error.message}`)
    : error;

const headerOf = (headers: IHeaders | undefined, name: string): string => headers?.[name]?.toString() ?? '';
