import { Failure } from '@seams/call';
import type { Logger } from '@seams/telemetry';
import type { WaitingEvent } from '../outbox/outbox-store.ts';
import type { Ports } from '../outbox/relay-outbox.ts';

/** 80 full batches without Kafka, in a few megabytes. Beyond it an event may be logged twice. */
const LOGGED_MAX = 20_000;

/**
 * A relay run has no request's trace, so a line about a failed run could not be found by an order's id. Here each event of it gets a
 * line in the trace of the request that caused the event: one at the first failure, and one when it is on Kafka at last.
 */
export function logPerEvent(ports: Ports, log: Logger): Ports {
  const logged = new Set<number>();
  const logFailure = ({ outboxId, eventId, traceparent }: WaitingEvent, failure: Failure, batch: number): void => {
    if (logged.size >= LOGGED_MAX) logged.clear();
    logged.add(outboxId);
    const { kind, reason } = failure;
    log.warn({ eventId, batch, kind, reason, ...traceOf(traceparent) }, 'not known to be on Kafka; it is sent again');
  };
  return {
    ...ports,
    publish: async (lease, events) => {
      try {
        await ports.publish(lease, events);
      } catch (error) {
        const failure = Failure.from(error);
        for (const event of events) if (!logged.has(event.outboxId)) logFailure(event, failure, events.length);
        throw error;
      }
      if (logged.size === 0) return;
      for (const { outboxId, eventId, traceparent } of events)
        if (logged.delete(outboxId)) log.info({ eventId, ...traceOf(traceparent) }, 'on Kafka after all');
    },
  };
}

function traceOf(traceparent: string): { traceId: string; spanId: string } | undefined {
  const [, traceId, spanId] = traceparent.split('-');
  return traceId && spanId ? { traceId, spanId } : undefined;
}
