import type { CallContext } from '@seams/call';
import { HEADER, type Publisher } from '@seams/messaging';
import { sendWithFaults } from '@seams/rpc';
import { activeCarrier, inSpan, SpanKind } from '@seams/telemetry';
import type { OutboxEvent } from '../orders/order-store.ts';

/** Straight to Kafka, with nobody to try again. `storage.Publish=crash` ends the process between commit and publish. */
export const publishAfterCommitTo = (publisher: Publisher) =>
  async function publishAfterCommit(ctx: CallContext, key: string, event: OutboxEvent): Promise<void> {
    const attributes = {
      'messaging.system': 'kafka',
      'messaging.destination.name': event.topic,
      'messaging.message.id': event.eventId,
    };
    await inSpan(`${event.topic} publish`, { kind: SpanKind.PRODUCER, attributes }, () =>
      sendWithFaults(ctx, 'storage.Publish', () => {
        const ids = { [HEADER.eventId]: event.eventId, [HEADER.eventType]: event.eventType };
        const headers = { ...event.headers, ...ids, ...activeCarrier() };
        return publisher.publish([{ topic: event.topic, key, value: event.payload, headers }]);
      }),
    );
  };
