import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { menuStoreService } from '@seams/contracts';
import { createLogger, inSpan, SpanKind } from '@seams/telemetry';
import { callerOf, createRpcServer, implement, openChannel } from './index.ts';

const log = createLogger({ service: 'test', process: 'test', logLevel: 'silent' });
const HOST = '127.0.0.1';
const exporter = new InMemorySpanExporter();
const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
const server = createRpcServer({
  ...{ callee: 'storage', host: HOST, port: 0, log, requestMsMax: 60_000 },
  implementations: [
    implement(menuStoreService, { ReadCafes: async () => ({ cafes: [] }), ReadMenu: async () => ({ menu: {} }) }),
  ],
});

beforeAll(() => {
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
});
afterAll(() => Promise.all([provider.shutdown(), server.drain(0)]));

describe('the trace of each of two calls that leave together', () => {
  it('is its own, with a link to the other', async () => {
    const channel = openChannel('storage', `ipv4:${HOST}:${await server.listen()}`);
    const { ReadMenu } = callerOf(menuStoreService, channel, { together: ['ReadMenu'] });
    const { signal } = new AbortController();
    const traced = (digit: string): Promise<unknown> => {
      const parent = { traceparent: `00-${digit.repeat(32)}-${'b'.repeat(16)}-01` };
      const ctx = { deadlineAt: Date.now() + 60_000, signal };
      return inSpan('request', { kind: SpanKind.SERVER, parent }, () => ReadMenu(ctx, { cafeId: 'a' }));
    };
    await Promise.all([traced('1'), traced('2')]);
    channel.close();

    const spans = exporter.getFinishedSpans();
    for (const [own, other] of [
      ['1', '2'],
      ['2', '1'],
    ] as const) {
      const its = spans.filter((span) => span.spanContext().traceId === own.repeat(32));
      const client = its.find(({ kind }) => kind === SpanKind.CLIENT);
      const served = its.find(({ name, kind }) => kind === SpanKind.SERVER && name !== 'request');
      expect(served?.parentSpanContext?.spanId).toBe(client?.spanContext().spanId);
      expect(client?.attributes).toMatchObject({ 'group.size': 2 });
      expect(client?.links.map((link) => link.context.traceId)).toEqual([other.repeat(32)]);
    }
  });
});
