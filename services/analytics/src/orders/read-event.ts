import { type OrderPlaced, orderPlaced } from '@seams/contracts';
import { HEADER, type IncomingMessage } from '@seams/messaging';

/** Why a message cannot be counted, now or ever. The dead letter carries it. */
export type Unreadable =
  | 'value_missing'
  | 'event_type_missing'
  | 'event_type_unknown'
  | 'not_protobuf'
  | 'event_id_malformed'
  | 'event_id_differs_from_header'
  | 'order_id_malformed'
  | 'key_is_not_order_id'
  | 'customer_id_malformed'
  | 'cafe_id_malformed'
  | 'total_out_of_range'
  | 'currency_malformed'
  | 'placed_at_out_of_range'
  | 'order_version_missing';

export type Reading =
  | { readonly kind: 'order_placed'; readonly event: OrderPlaced; readonly payload: Buffer }
  | { readonly kind: 'unreadable'; readonly reason: Unreadable };

/** A million in the currency's whole units: far beyond any coffee, far below where sums leave 53 bits. */
export const TOTAL_CENTS_MAX = 100_000_000;
/**
 * 2020-01-01 to 2100-01-01. Fixed, and not "around now": counting again from offset 0, years later, must judge every
 * message as it was judged the first time.
 */
export const PLACED_AT_MIN = Date.UTC(2020, 0, 1);
export const PLACED_AT_END = Date.UTC(2100, 0, 1);

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const CURRENCY = /^[A-Z]{3}$/;
/** Also keeps NUL out, which Postgres refuses: the same message would fail for ever and hold its partition. */
const CAFE_ID = /^[a-z0-9][a-z0-9-]{0,63}$/;

/** What a message says, or why it says nothing. Every message gets one of the two: a poison message must not throw. */
export function readEvent(message: Pick<IncomingMessage, 'key' | 'value' | 'headers'>): Reading {
  const { value: payload, headers } = message;
  if (payload === null || payload.length === 0) return unreadable('value_missing');
  const type = headers[HEADER.eventType];
  if (!type) return unreadable('event_type_missing');
  if (type !== orderPlaced.fullName) return unreadable('event_type_unknown');
  const event = decoded(payload);
  if (!event) return unreadable('not_protobuf');
  const reason = faultOf(event, message);
  return reason ? unreadable(reason) : { kind: 'order_placed', event, payload };
}

function faultOf(
  event: OrderPlaced,
  { key, headers }: Pick<IncomingMessage, 'key' | 'headers'>,
): Unreadable | undefined {
  if (!UUID.test(event.eventId)) return 'event_id_malformed';
  if (event.eventId !== headers[HEADER.eventId]) return 'event_id_differs_from_header';
  if (!UUID.test(event.orderId)) return 'order_id_malformed';
  if (event.orderId !== key) return 'key_is_not_order_id';
  if (!UUID.test(event.customerId)) return 'customer_id_malformed';
  if (!CAFE_ID.test(event.cafeId)) return 'cafe_id_malformed';
  if (!isWithin(event.totalCents, 1, TOTAL_CENTS_MAX + 1)) return 'total_out_of_range';
  if (!CURRENCY.test(event.currency)) return 'currency_malformed';
  if (!isWithin(event.placedAtMs, PLACED_AT_MIN, PLACED_AT_END)) return 'placed_at_out_of_range';
  if (event.orderVersion < 1) return 'order_version_missing'; // the last field: without it the message was cut off
  return undefined;
}

const isWithin = (value: number, from: number, end: number): boolean =>
  Number.isSafeInteger(value) && value >= from && value < end;

function decoded(payload: Buffer): OrderPlaced | undefined {
  try {
    return orderPlaced.decode(payload);
  } catch {
    return undefined; // the one thing that a decoder can say about bytes of another kind
  }
}

const unreadable = (reason: Unreadable): Reading => ({ kind: 'unreadable', reason });
