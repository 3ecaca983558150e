import type { CallContext } from '@seams/call';
import type { Lease, WaitingEvent } from './outbox-store.ts';

/** What a turn of the relay needs from the world. */
export interface Ports {
  /** Takes or renews the right to publish; undefined while another relay has it. */
  takeLease(ctx: CallContext): Promise<Lease | undefined>;
  readWaiting(ctx: CallContext, eventsMax: number): Promise<WaitingEvent[]>;
  /** Shuts every other relay out of Kafka, this one in; false when it has been inside in this term since before. */
  acquireFence(lease: Lease): Promise<boolean>;
  /**
   * Resolves once all of them are on Kafka, in this order per key. Rejects when that is not known, and when another
   * relay came in since: then none of them is.
   */
  publish(lease: Lease, events: readonly WaitingEvent[]): Promise<void>;
  markPublished(ctx: CallContext, lease: Lease, outboxIds: readonly number[]): Promise<number>;
}

export type Turn =
  | { readonly kind: 'another_leads' }
  /** Nothing is published yet; the next turn will, if it still gets the lease. */
  | { readonly kind: 'fenced'; readonly term: number }
  | { readonly kind: 'published'; readonly events: number; readonly term: number; readonly more: boolean };

/** Events per turn: at some hundred bytes each far below Kafka's 1 MiB per batch. */
export const EVENTS_PER_TURN_MAX = 256;

/**
 * One turn: what waits is published, then marked. What if the publish's reply is lost, or the process dies before the
 * mark? The next turn publishes the same events again, and consumers count each event id once.
 *
 * No record of a lower term stands behind one of a higher term, wherever this is frozen and for however long. Coming in
 * is a turn of its own, so a relay publishes only after it got its lease *since* it came in. Whoever takes the lease
 * after that comes in later still, and what is not on Kafka by then is refused. What if it is frozen
 * - before the lease: it does not get it, or gets it in a new term;
 * - between the lease and coming in: it shuts its successor out, finds its lease gone and sends nothing. The successor's
 *   next batch is refused; it still has its lease, so it comes in again and sends it again;
 * - before the send, or between the send and its commit: Kafka refuses it, or has aborted it, and no reader saw any of it;
 * - between the commit and the mark: the mark is refused, and the successor publishes the batch a second time.
 * A relay that was refused does not push back: it first needs its lease, which it has only if nobody took over.
 */
export const relayOutboxWith = (world: Ports) =>
  async function relayOutbox(ctx: CallContext): Promise<Turn> {
    const lease = await world.takeLease(ctx);
    if (!lease) return { kind: 'another_leads' };

    const events = await world.readWaiting(ctx, EVENTS_PER_TURN_MAX);
    if (events.length > 0) {
      if (await world.acquireFence(lease)) return { kind: 'fenced', term: lease.term };

      await world.publish(lease, events);
      await world.markPublished(
        ctx,
        lease,
        events.map((event) => event.outboxId),
      );
    }
    return { kind: 'published', events: events.length, term: lease.term, more: events.length === EVENTS_PER_TURN_MAX };
  };
