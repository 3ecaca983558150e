import { describe, expect, it } from '@jest/globals';
import { type OrderPlacedInput, orderPlaced } from '@seams/contracts';
import fc from 'fast-check';
import { PLACED_AT_END, PLACED_AT_MIN, readEvent, TOTAL_CENTS_MAX } from './read-event.ts';

const EVENT_ID = '01998b1e-0000-7000-8000-00000000000e';
const ORDER_ID = '01998b1e-0000-7000-8000-00000000000a';
const CUSTOMER_ID = '01998b1e-0000-7000-8000-00000000000c';
const EVENT: OrderPlacedInput = {
  eventId: EVENT_ID,
  orderId: ORDER_ID,
  customerId: CUSTOMER_ID,
  cafeId: 'harbour',
  lines: [{ itemId: 'harbour-espresso', quantity: 2, unitPriceCents: 220 }],
  totalCents: 440,
  currency: 'EUR',
  placedAtMs: Date.UTC(2026, 10, 21),
  orderVersion: 1,
};
const HEADERS = { 'event-id': EVENT_ID, 'event-type': 'seams.events.v1.OrderPlaced' };
const MESSAGE = { key: ORDER_ID, value: orderPlaced.encode(EVENT), headers: HEADERS };

const wordOf = (message: Parameters<typeof readEvent>[0]): string => {
  const reading = readEvent(message);
  return reading.kind === 'unreadable' ? reading.reason : reading.kind;
};
const withEvent = (changes: OrderPlacedInput) => ({ ...MESSAGE, value: orderPlaced.encode({ ...EVENT, ...changes }) });
const newest = { ...MESSAGE, value: Buffer.concat([MESSAGE.value, Buffer.from([0xf8, 0x07, 0x01])]) }; // field 127, a later version's

describe('a message', () => {
  it.each<[string, Parameters<typeof readEvent>[0], string]>([
    ['as storage sends it', MESSAGE, 'order_placed'],
    ['with a field of a later version', newest, 'order_placed'],
    ['with another header', { ...MESSAGE, headers: { ...HEADERS, tracestate: 'a=b' } }, 'order_placed'],
    ['without a value', { ...MESSAGE, value: null }, 'value_missing'],
    ['with an empty value', { ...MESSAGE, value: Buffer.alloc(0) }, 'value_missing'],
    ['without headers', { ...MESSAGE, headers: {} }, 'event_type_missing'],
    ['without a type', { ...MESSAGE, headers: { 'event-id': EVENT_ID } }, 'event_type_missing'],
    [
      'of an unknown type',
      { ...MESSAGE, headers: { ...HEADERS, 'event-type': 'seams.events.v9.OrderPlaced' } },
      'event_type_unknown',
    ],
    ['of JSON', { ...MESSAGE, value: Buffer.from('{"eventId":1}') }, 'not_protobuf'],
    [
      'cut off in the middle of a number',
      { ...MESSAGE, value: MESSAGE.value.subarray(0, -4) },
      'placed_at_out_of_range',
    ],
    ['cut off in the middle of a text', { ...MESSAGE, value: MESSAGE.value.subarray(0, 50) }, 'order_id_malformed'],
    ['cut off before its last field', { ...MESSAGE, value: MESSAGE.value.subarray(0, -2) }, 'order_version_missing'],
    ['of another message’s bytes', { ...MESSAGE, value: Buffer.from([0x20, 0x01]) }, 'event_id_malformed'],
    ['of money without a currency', withEvent({ currency: '' }), 'currency_malformed'],
    ['of 2 MB', { ...MESSAGE, value: Buffer.alloc(2_000_000, 0xff) }, 'not_protobuf'],
    ['without an event id', withEvent({ eventId: '' }), 'event_id_malformed'],
    ['with an event id that is none', withEvent({ eventId: 'x' }), 'event_id_malformed'],
    [
      'without the header event-id',
      { ...MESSAGE, headers: { 'event-type': HEADERS['event-type'] } },
      'event_id_differs_from_header',
    ],
    [
      'with another event id in the header',
      { ...MESSAGE, headers: { ...HEADERS, 'event-id': ORDER_ID } },
      'event_id_differs_from_header',
    ],
    ['without an order id', withEvent({ orderId: '' }), 'order_id_malformed'],
    ['without a key', { ...MESSAGE, key: null }, 'key_is_not_order_id'],
    ['under another order’s key', { ...MESSAGE, key: CUSTOMER_ID }, 'key_is_not_order_id'],
    ['without a customer', withEvent({ customerId: '' }), 'customer_id_malformed'],
    ['without a café', withEvent({ cafeId: '' }), 'cafe_id_malformed'],
    ['with a NUL in the café', withEvent({ cafeId: 'har\u0000bour' }), 'cafe_id_malformed'],
    ['with a café of 64 letters', withEvent({ cafeId: 'x'.repeat(64) }), 'order_placed'],
    ['with a café of 65 letters', withEvent({ cafeId: 'x'.repeat(65) }), 'cafe_id_malformed'],
    ['without a total', withEvent({ totalCents: 0 }), 'total_out_of_range'],
    ['of one cent', withEvent({ totalCents: 1 }), 'order_placed'],
    ['of the greatest total', withEvent({ totalCents: TOTAL_CENTS_MAX }), 'order_placed'],
    ['of a cent more', withEvent({ totalCents: TOTAL_CENTS_MAX + 1 }), 'total_out_of_range'],
    ['of a negative total', withEvent({ totalCents: -1 }), 'total_out_of_range'],
    ['of 2^62 cents', withEvent({ totalCents: '4611686018427387904' }), 'total_out_of_range'],
    ['without a time', withEvent({ placedAtMs: 0 }), 'placed_at_out_of_range'],
    ['from before 2020', withEvent({ placedAtMs: PLACED_AT_MIN - 1 }), 'placed_at_out_of_range'],
    ['from the first moment of 2020', withEvent({ placedAtMs: PLACED_AT_MIN }), 'order_placed'],
    ['from the last moment of 2099', withEvent({ placedAtMs: PLACED_AT_END - 1 }), 'order_placed'],
    ['from 2100', withEvent({ placedAtMs: PLACED_AT_END }), 'placed_at_out_of_range'],
    [
      'with seconds for milliseconds',
      withEvent({ placedAtMs: Date.UTC(2026, 10, 21) / 1_000 }),
      'placed_at_out_of_range',
    ],
  ])('%s is judged', (_, message, word) => {
    expect(wordOf(message)).toBe(word);
  });

  it('of any bytes at all is read or set aside, never thrown', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(MESSAGE.value.length), (bytes, at) => {
        expect(typeof wordOf({ ...MESSAGE, value: Buffer.from(bytes) })).toBe('string');
        const changed = Buffer.from(MESSAGE.value);
        changed.set(bytes.subarray(0, changed.length - at), at);
        expect(typeof wordOf({ ...MESSAGE, value: changed })).toBe('string');
      }),
      { numRuns: 1_000 },
    );
  });
});
