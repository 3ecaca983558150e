import { Failure } from '@seams/call';
import type { Logger } from '@seams/telemetry';
import type { WaitingEvent } from '../outbox/outbox-store.ts';
import type { Ports } from '../outbox/relay-outbox.ts';

/** Of a batch that failed. While Kafka is away a turn with hundreds of events fails every two seconds. */
const OWNERS_TOLD_MAX = 4;

/**
 * A turn of the relay is in nobody's trace, so a line about one that failed would be found by no order's id. Here the
 * first few of its events get a line in the trace of the request that caused them.
 */
export function tellingOwners(ports: Ports, log: Logger): Ports {
  const told = async <T>(events: readonly WaitingEvent[], text: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      const { kind, reason } = Failure.from(error);
      for (const { eventId, traceparent } of events.slice(0, OWNERS_TOLD_MAX)) {
        const [, traceId, spanId] = traceparent.split('-');
        if (traceId && spanId) log.warn({ eventId, batch: events.length, kind, reason, traceId, spanId }, text);
      }
      throw error;
    }
  };
  return {
    ...ports,
    publish: (lease, events) =>
      told(events, 'the event may not be on Kafka; it is sent again', () => ports.publish(lease, events)),
  };
}
