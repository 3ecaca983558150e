import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { context, INVALID_SPAN_CONTEXT, propagation, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { Failure } from '@seams/call';
import {
  activeCarrier,
  activeTraceId,
  createLogger,
  inSharedSpan,
  inSpan,
  openSpan,
  type Span,
  SpanKind,
} from './index.ts';

const exporter = new InMemorySpanExporter();
const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });

beforeAll(() => {
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
});
beforeEach(() => exporter.reset());
afterAll(() => provider.shutdown());

const TRACE_ID = 'a'.repeat(32);
const parent = { traceparent: `00-${TRACE_ID}-${'b'.repeat(16)}-01` };
const spans = () => exporter.getFinishedSpans();

describe('a span', () => {
  it('continues the caller’s trace, and what runs inside continues it', async () => {
    await inSpan('outer', { kind: SpanKind.SERVER, parent }, async () => {
      await inSpan('inner', { kind: SpanKind.CLIENT }, async () => {
        expect(activeCarrier().traceparent).toContain(TRACE_ID);
      });
    });
    const [inner, outer] = spans();
    expect([outer?.spanContext().traceId, outer?.parentSpanContext?.spanId]).toEqual([TRACE_ID, 'b'.repeat(16)]);
    expect(inner?.parentSpanContext?.spanId).toBe(outer?.spanContext().spanId);
  });

  it('starts a trace when its caller had none, or one that cannot be read', async () => {
    for (const carrier of [{}, { traceparent: 'nonsense' }] as Record<string, string>[]) {
      await inSpan('edge', { kind: SpanKind.SERVER, parent: carrier }, async () =>
        expect(activeTraceId()).toMatch(/^[0-9a-f]{32}$/),
      );
    }
    expect(spans().map((span) => span.parentSpanContext)).toEqual([undefined, undefined]);
  });

  it('is not made for work that nobody asked for, such as polling', async () => {
    await inSpan('postgres read_waiting', { kind: SpanKind.CLIENT }, async () => undefined);
    expect(spans()).toHaveLength(0);
  });

  it.each([
    ['rejected', SpanStatusCode.UNSET],
    ['not_found', SpanStatusCode.UNSET],
    ['unavailable', SpanStatusCode.ERROR],
    ['timed_out', SpanStatusCode.ERROR],
    ['bug', SpanStatusCode.ERROR],
  ] as const)('that ends with %s says so, and is an error only when a part failed', async (kind, code) => {
    const work = inSpan('edge', { kind: SpanKind.SERVER, parent }, () =>
      Promise.reject(new Failure(kind, 'some_reason')),
    );
    await expect(work).rejects.toMatchObject({ kind });
    expect(spans()[0]).toMatchObject({
      status: { code },
      attributes: { 'failure.kind': kind, 'failure.reason': 'some_reason' },
    });
  });

  it('of a batch continues each request’s own trace', () => {
    const span = openSpan('publish', { kind: SpanKind.PRODUCER, parent });
    expect(span.carrier.traceparent).toContain(TRACE_ID);
    span.end(new Error('the reply was lost'));
    expect(spans()[0]).toMatchObject({ status: { code: SpanStatusCode.ERROR } });
  });
});

describe('work that several requests share', () => {
  const request = (traceId: string, work: (span: Span) => Promise<void>): Promise<void> =>
    inSpan('request', { kind: SpanKind.SERVER, parent: { traceparent: `00-${traceId}-${'b'.repeat(16)}-01` } }, work);

  it('stands in the trace of the first, whoever set it off, and links lead there and back', async () => {
    const shared = Promise.withResolvers<void>();
    const members: Span[] = [];
    const join = async (span: Span): Promise<void> => {
      members.push(span);
      if (members.length === 3) void inSharedSpan(members, statement).then(shared.resolve);
      await shared.promise;
    };
    const statement = (): Promise<void> => inSpan('statement', { kind: SpanKind.CLIENT }, async () => undefined);
    await Promise.all(['1', '2', '3'].map((digit) => request(digit.repeat(32), join)));

    const [work, ...requests] = spans();
    expect(work?.parentSpanContext?.spanId).toBe(members[0]?.spanContext().spanId);
    const linkedTo = (n: number) => requests[n]?.links.map(({ context: { traceId } }) => traceId[0]);
    expect([linkedTo(0), linkedTo(1), linkedTo(2)]).toEqual([['2', '3'], ['1'], ['1']]);
  });

  it('is in nobody’s trace when none is recorded, not in that of whoever set it off', async () => {
    const nobody = trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
    await request('4'.repeat(32), () =>
      inSharedSpan([nobody], () => inSpan('statement', { kind: SpanKind.CLIENT }, async () => undefined)),
    );
    expect(spans().map(({ name }) => name)).toEqual(['request']);
  });
});

describe('a log line', () => {
  it('is one line of JSON with the trace it belongs to', async () => {
    const lines: string[] = [];
    const log = createLogger(
      { service: 'storage', process: 'storage-1', logLevel: 'info' },
      { write: (line) => void lines.push(line) },
    );
    log.info({ route: 'x' }, 'outside');
    await inSpan('edge', { kind: SpanKind.SERVER, parent }, async () => log.warn('inside\nwith a line break'));
    expect(lines.every((line) => line.indexOf('\n') === line.length - 1)).toBe(true);
    const [outside, inside] = lines.map((line) => JSON.parse(line));
    expect(outside).toMatchObject({
      level: 'info',
      service: 'storage',
      process: 'storage-1',
      route: 'x',
      msg: 'outside',
    });
    expect(outside.traceId).toBeUndefined();
    expect(inside).toMatchObject({ level: 'warn', traceId: TRACE_ID });
  });
});
