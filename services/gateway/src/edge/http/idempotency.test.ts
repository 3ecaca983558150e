import { describe, expect, it } from '@jest/globals';
import { canonicalJson, fingerprintOf, idempotencyKeyOf } from './idempotency.ts';

describe('the canonical JSON of a body', () => {
  it.each([
    [{ b: 1, a: 2 }, '{"a":2,"b":1}'],
    [{ a: undefined, b: null }, '{"b":null}'],
    [[1, 'x', { d: [], c: {} }], '[1,"x",{"c":{},"d":[]}]'],
    [{ a: { z: 1, y: [{ q: 1, p: 2 }] } }, '{"a":{"y":[{"p":2,"q":1}],"z":1}}'],
    ['text', '"text"'],
    [null, 'null'],
  ])('of %j is %s', (value, text) => expect(canonicalJson(value)).toBe(text));
});

describe('a fingerprint', () => {
  const body = { cafeId: 'harbour', items: [{ itemId: 'tea', quantity: 1 }] };
  const same = { items: [{ quantity: 1, itemId: 'tea' }], cafeId: 'harbour', clientNonce: undefined };

  it('is the same for the same content, however it is written', () => {
    expect(fingerprintOf('POST /v1/orders', same)).toEqual(fingerprintOf('POST /v1/orders', body));
  });

  it.each([
    ['another route', 'POST /v1/wallet/top-ups', body],
    ['another value', 'POST /v1/orders', { ...body, cafeId: 'station' }],
    ['another order of lines', 'POST /v1/orders', { ...body, items: [{ itemId: 'mug', quantity: 1 }, ...body.items] }],
  ])('is another one for %s', (_, route, other) => {
    expect(fingerprintOf(route, other)).not.toEqual(fingerprintOf('POST /v1/orders', body));
  });
});

describe('an idempotency key', () => {
  const keyOf = (...given: string[]): string | undefined => {
    const headersDistinct = given.length === 0 ? {} : { 'idempotency-key': given };
    try {
      return idempotencyKeyOf({ headersDistinct });
    } catch (refusal) {
      return (refusal as { reason: string }).reason;
    }
  };

  it.each([
    [['k'], 'k'],
    [['x'.repeat(255)], 'x'.repeat(255)],
    [[], 'idempotency_key_missing'],
    [[''], 'idempotency_key_malformed'],
    [['x'.repeat(256)], 'idempotency_key_malformed'],
    [['ü'], 'idempotency_key_malformed'],
    [['a\tb'], 'idempotency_key_malformed'],
    [['a', 'b'], 'idempotency_key_malformed'],
  ])('given as %j is %s', (given, key) => expect(keyOf(...given)).toBe(key));
});
