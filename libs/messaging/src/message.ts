import type { Carrier } from '@seams/telemetry';

/** Headers that every record of ours carries. */
export const HEADER = {
  eventId: 'event-id',
  eventType: 'event-type',
  /** In which term the relay published it: it never falls along a partition. */
  relayTerm: 'relay-term',
  traceparent: 'traceparent',
  tracestate: 'tracestate',
} as const;

export interface OutgoingMessage {
  readonly topic: string;
  /** Messages with one key stay in order: they share a partition. */
  readonly key: string;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

export interface IncomingMessage {
  readonly topic: string;
  readonly partition: number;
  /** Decimal text: Kafka counts in 64 bits. */
  readonly offset: string;
  readonly key: string | null;
  readonly value: Buffer | null;
  /** Null for a header without a value. */
  readonly headers: Readonly<Record<string, string | null>>;
  /** Unix ms, by the clock of whoever published it. */
  readonly publishedAtMs: number;
}

export function carrierOf(headers: Readonly<Record<string, string | null>>): Carrier {
  const { traceparent, tracestate } = headers;
  return { ...(traceparent ? { traceparent } : {}), ...(tracestate ? { tracestate } : {}) };
}

/** For sending: kafkajs 2.2.4 throws at a header without a value, so it goes out with an empty one. */
export const sendable = (headers: Readonly<Record<string, string | null>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value ?? '']));
