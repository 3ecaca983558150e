import type { CallContext } from '@seams/call';
import type { Lease, WaitingEvent } from './outbox-store.ts';

/** What a turn of the relay needs from the world. */
export interface Ports {
  /** Takes or renews the right to publish; undefined while another relay has it. */
  takeLease(ctx: CallContext): Promise<Lease | undefined>;
  readWaiting(ctx: CallContext, eventsMax: number): Promise<WaitingEvent[]>;
  /** Resolves once all of them are on Kafka, in this order per key; rejects when that is not known. */
  publish(events: readonly WaitingEvent[]): Promise<void>;
  markPublished(ctx: CallContext, lease: Lease, outboxIds: readonly number[]): Promise<number>;
}

export type Turn =
  | { readonly kind: 'another_leads' }
  | { readonly kind: 'published'; readonly events: number; readonly term: number; readonly more: boolean };

/** Events per turn: at some hundred bytes each far below Kafka's 1 MiB per batch. */
export const EVENTS_PER_TURN_MAX = 256;

/**
 * One turn: what waits is published, then marked. What if the publish's reply is lost, or the process dies before the
 * mark? The next turn publishes the same events again, and consumers count each event id once.
 */
export const relayOutboxWith = (world: Ports) =>
  async function relayOutbox(ctx: CallContext): Promise<Turn> {
    const lease = await world.takeLease(ctx);
    if (!lease) return { kind: 'another_leads' };

    const events = await world.readWaiting(ctx, EVENTS_PER_TURN_MAX);
    if (events.length > 0) {
      await world.publish(events);
      await world.markPublished(
        ctx,
        lease,
        events.map((event) => event.outboxId),
      );
    }
    return { kind: 'published', events: events.length, term: lease.term, more: events.length === EVENTS_PER_TURN_MAX };
  };
