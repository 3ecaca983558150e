import { Failure } from '@seams/call';
import type { Logger } from '@seams/telemetry';
import type { WaitingEvent } from '../outbox/outbox-store.ts';
import type { Ports } from '../outbox/relay-outbox.ts';

/** Beyond it some are told a second time: 80 turns of a full batch without Kafka, and single megabytes. */
const KEPT_MAX = 20_000;

/**
 * A turn of the relay is in nobody's trace, so a line about one that failed would be found by no order's id. Here each of
 * its events gets a line in the trace of the request that caused it: at its first failure, however often it is tried, and
 * when it is on Kafka after all. That is fewer lines than the request itself has left.
 */
export function tellingOwners(ports: Ports, log: Logger): Ports {
  const told = new Set<number>();
  const tell = ({ outboxId, eventId, traceparent }: WaitingEvent, failure: Failure, batch: number): void => {
    if (told.size >= KEPT_MAX) told.clear();
    told.add(outboxId);
    const { kind, reason } = failure;
    log.warn({ eventId, batch, kind, reason, ...ownerOf(traceparent) }, 'not known to be on Kafka; it is sent again');
  };
  return {
    ...ports,
    publish: async (lease, events) => {
      try {
        await ports.publish(lease, events);
      } catch (error) {
        const failure = Failure.from(error);
        for (const event of events) if (!told.has(event.outboxId)) tell(event, failure, events.length);
        throw error;
      }
      if (told.size === 0) return;
      for (const { outboxId, eventId, traceparent } of events)
        if (told.delete(outboxId)) log.info({ eventId, ...ownerOf(traceparent) }, 'on Kafka after all');
    },
  };
}

function ownerOf(traceparent: string): { traceId: string; spanId: string } | undefined {
  const [, traceId, spanId] = traceparent.split('-');
  return traceId && spanId ? { traceId, spanId } : undefined;
}
