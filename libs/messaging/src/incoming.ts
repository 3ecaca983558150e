import type { KafkaMessage } from 'kafkajs';
import type { IncomingMessage } from './message.ts';

/** A record as kafkajs hands it over, in the words of message.ts. Of a header that comes twice the first one counts. */
export function incoming(topic: string, partition: number, message: KafkaMessage): IncomingMessage {
  const headers = Object.entries(message.headers ?? {}).map(([name, value]) => [
    name,
    String(Array.isArray(value) ? value[0] : value),
  ]);
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
