import { describe, expect, it } from '@jest/globals';
import type { KafkaMessage } from 'kafkajs';
import { incoming } from './incoming.ts';
import { carrierOf, sendable } from './message.ts';

/** As kafkajs 2.2.4 decodes a record: a header without a value is null, although its types do not say so. */
const record = (headers: Record<string, unknown>): KafkaMessage =>
  ({ offset: '7', key: null, value: null, timestamp: '1790000000000', headers }) as unknown as KafkaMessage;

describe('a record', () => {
  const { headers } = incoming(
    'orders',
    0,
    record({ text: Buffer.from('a'), empty: Buffer.from(''), none: null, twice: [null, Buffer.from('b')] }),
  );

  it('keeps a header without a value apart from an empty one', () => {
    expect(headers).toEqual({ text: 'a', empty: '', none: null, twice: null });
  });

  it('goes on with an empty value where there was none, never with the word "null"', () => {
    expect(sendable(headers)).toEqual({ text: 'a', empty: '', none: '', twice: '' });
  });

  it('carries no trace in a traceparent without a value', () => {
    expect(carrierOf({ traceparent: null, tracestate: null })).toEqual({});
  });
});
