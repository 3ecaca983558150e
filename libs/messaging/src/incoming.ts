import type { KafkaMessage } from 'kafkajs';
import type { IncomingMessage } from './message.ts';

/** A record as kafkajs hands it over, in the words of message.ts. Of a header that comes twice the first one counts. */
export function incoming(topic: string, partition: number, message: KafkaMessage): IncomingMessage {
  const headers = Object.entries(message.headers ?? {}).map(([name, value]) => [name, textOf(value)]);
  return {
    topic,
    partition,
    offset: message.offset,
    key: message.key?.toString() ?? null,
    value: message.value,
    headers: Object.fromEntries(headers),
    publishedAtMs: Number(message.timestamp),
  };
}

/** Kafka's null is no text. */
function textOf(value: string | Buffer | (string | Buffer)[] | null | undefined): string | null {
  const first = Array.isArray(value) ? value[0] : value;
  return first === null || first === undefined ? null : String(first);
}
