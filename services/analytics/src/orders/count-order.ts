import type { CallContext } from '@seams/call';
import type { OrderPlaced } from '@seams/contracts';
import type { IncomingMessage, Outcome } from '@seams/messaging';
import { readEvent } from './read-event.ts';
import type { Counted } from './totals-store.ts';

export interface Ports {
  countOnce(ctx: CallContext, event: OrderPlaced, payload: Buffer): Promise<Counted>;
  /** Two different events under one id: whoever made them is broken, and a person must hear of it. */
  alarm(fields: { readonly eventId: string; readonly orderId: string }, text: string): void;
}

/**
 * Kafka delivers at least once: after a rebalance, a restart, or a kill between the effect and the commit of the offset.
 * The inbox row and the totals change together, so each event counts once.
 */
export const countOrderWith = (world: Ports) =>
  async function countOrder(ctx: CallContext, message: IncomingMessage): Promise<Outcome> {
    const reading = readEvent(message);
    if (reading.kind === 'unreadable') return { unreadable: reading.reason }; // a retry cannot make it readable

    const { event, payload } = reading;
    const counted = await world.countOnce(ctx, event, payload);
    if (counted !== 'event_id_reused') return counted;

    world.alarm({ eventId: event.eventId, orderId: event.orderId }, 'an event id came back with other content');
    return { unreadable: counted }; // set aside as evidence; the first one stays counted
  };
