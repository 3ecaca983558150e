import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { context, propagation, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { Failure } from '@seams/call';
import { activeCarrier, activeTraceId, createLogger, inSpan, openSpan, SpanKind } from './index.ts';

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
