import { describe, expect, it } from '@jest/globals';
import { messagesOf, questionsFor, rowsOf, type Span, type Trace } from './trace.ts';

const span = (spanId: string, parentId: string | null, process: string, more: Partial<Span> = {}): Span => ({
  spanId,
  parentId,
  operation: 'seams.orders.v1.OrderService/PlaceOrder',
  service: process,
  process,
  startUs: 0,
  durationUs: 100,
  tags: {},
  events: [],
  ...more,
});
const traceOf = (...spans: Span[]): Trace => ({
  traceId: 'a'.repeat(32),
  startedAt: '2026-11-21T10:00:00.000Z',
  spans,
});

const UUID = '01a1fe0e-5be0-771b-909a-daac1e6cdb82';

describe('what is looked for', () => {
  it.each([
    ['A'.repeat(32), [`/v1/traces/${'a'.repeat(32)}`]],
    [` ${UUID} `, [`/v1/traces?orderId=${UUID}`, `/v1/traces?customerId=${UUID}`]],
    ['01a1fe0e', []],
    ['../floor', []],
  ])('"%s" asks for %p', (text, paths) => {
    expect(questionsFor(text).map(({ question }) => question.path)).toEqual(paths);
  });
});

describe('the waterfall', () => {
  it('has parents before their children, and shows a span whose parent is not there', () => {
    const rows = rowsOf(
      traceOf(span('b', 'a', 'x'), span('a', 'outside', 'x'), span('c', 'b', 'x'), span('d', 'a', 'x')),
    );
    expect(rows.map(({ span: { spanId }, depth }) => `${spanId}${depth}`)).toEqual(['a0', 'b1', 'c2', 'd1']);
  });
});

describe('the sequence', () => {
  it('has a message there and one back for each call between processes, by the clock', () => {
    const messages = messagesOf(
      traceOf(
        span('a', null, 'gateway-1', { durationUs: 500 }),
        span('b', 'a', 'gateway-1', { startUs: 10, durationUs: 480 }),
        span('c', 'b', 'logic-1', { startUs: 50, durationUs: 300 }),
        span('d', 'c', 'storage-1', { startUs: 90, durationUs: 100 }),
      ),
    );
    expect(messages.map(({ from, to, kind, atUs }) => [from, to, kind, atUs])).toEqual([
      ['gateway-1', 'logic-1', 'call', 50],
      ['logic-1', 'storage-1', 'call', 90],
      ['storage-1', 'logic-1', 'reply', 190],
      ['logic-1', 'gateway-1', 'reply', 350],
    ]);
    expect(messages[0]?.text).toBe('OrderService/PlaceOrder');
  });

  it('has a broken reply where the callee did its work and its caller failed', () => {
    const [call, lost] = messagesOf(
      traceOf(span('a', null, 'logic-1', { tags: { error: true } }), span('b', 'a', 'storage-1', { durationUs: 50 })),
    );
    expect([call?.kind, lost?.kind, lost?.failed]).toEqual(['call', 'lost', false]);
  });

  it('tells a callee that failed from a reply that was lost', () => {
    const error = { tags: { error: true } };
    const [, reply] = messagesOf(
      traceOf(span('a', null, 'logic-1', error), span('b', 'a', 'storage-1', { durationUs: 50, ...error })),
    );
    expect([reply?.kind, reply?.failed]).toEqual(['reply', true]);
  });

  it('expects no answer to an event', () => {
    const published = span('a', null, 'storage-1', { operation: 'seams.orders.v1 publish' });
    const consumed = span('b', 'a', 'analytics-1', { operation: 'seams.orders.v1 process', startUs: 400 });
    expect(messagesOf(traceOf(published, consumed)).map(({ kind }) => kind)).toEqual(['event']);
  });
});
