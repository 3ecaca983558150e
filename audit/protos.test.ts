import { describe, expect, it } from '@jest/globals';
import { commitOrderResponse, orderPlaced } from '@seams/contracts';
import { decodeAnswer, decodeOrderPlaced, sha256 } from './protos.ts';

const LINES = [{ itemId: 'tea', quantity: 2, unitPriceCents: 300 }];
const DECODED_LINES = [{ itemId: 'tea', quantity: 2, unitPriceCents: '300' }];
/** Above 2^53: the auditor rounds nothing. */
const HUGE = '9007199254740993';

describe('the auditor’s own reading', () => {
  it('of an event', () => {
    const said = { eventId: 'e', orderId: 'o', customerId: 'c', cafeId: 'h', currency: 'EUR', orderVersion: 1 };
    const bytes = orderPlaced.encode({ ...said, lines: LINES, totalCents: HUGE, placedAtMs: 1_000 } as never);
    expect(decodeOrderPlaced(bytes)).toEqual({
      ...{ ...said, lines: DECODED_LINES, totalCents: HUGE, placedAtMs: '1000' },
    });
  });

  it('of an answer, with every field that it left out', () => {
    const order = { orderId: 'o', status: 'ORDER_STATUS_PLACED', version: 1 };
    expect(decodeAnswer(commitOrderResponse.encode({ order, replayed: false } as never))).toEqual({
      ...{ ...order, customerId: '', cafeId: '', currency: '', clientNonce: '' },
      ...{ lines: [], totalCents: '0', placedAtMs: '0' },
    });
  });

  it('of other bytes is none', () => {
    expect(decodeOrderPlaced(Buffer.from('no protobuf'))).toBeUndefined();
    expect(decodeAnswer(Buffer.from('no protobuf'))).toBeUndefined();
    expect(decodeAnswer(commitOrderResponse.encode({ order: null, replayed: false }))).toBeUndefined();
  });

  it('of a hash is hexadecimal, as Postgres encodes it', () => {
    expect(sha256(Buffer.from('abc'))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});
