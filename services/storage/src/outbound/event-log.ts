import { type FencedPublisher, HEADER } from '@seams/messaging';
import { openSpan, SpanKind } from '@seams/telemetry';
import type { Lease, WaitingEvent } from '../outbox/outbox-store.ts';

/** Publishes a batch; each event's span continues the trace of the request that caused it, not that of the batch. */
export const publishTo = (publisher: FencedPublisher) =>
  async function publish(lease: Lease, events: readonly WaitingEvent[]): Promise<void> {
    const sends = events.map((event) => ({ event, span: publishSpan(event) }));
    try {
      await publisher.publish(
        lease.term,
        sends.map(({ event, span }) => ({
          topic: event.topic,
          key: event.key,
          value: event.payload,
          headers: {
            ...event.headers,
            [HEADER.eventId]: event.eventId,
            [HEADER.eventType]: event.eventType,
            [HEADER.relayTerm]: String(lease.term),
            ...span.carrier,
          },
        })),
      );
      for (const { span } of sends) span.end();
    } catch (error) {
      for (const { span } of sends) span.end(error);
      throw error;
    }
  };

function publishSpan(event: WaitingEvent) {
  return openSpan(`${event.topic} publish`, {
    kind: SpanKind.PRODUCER,
    parent: event.traceparent ? { traceparent: event.traceparent } : {},
    attributes: {
      'messaging.system': 'kafka',
      'messaging.destination.name': event.topic,
      'messaging.message.id': event.eventId,
      'messaging.kafka.message.key': event.key,
    },
  });
}
