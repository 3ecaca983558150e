import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { menuStoreService } from '@seams/contracts';
import { createLogger, inSpan, SpanKind } from '@seams/telemetry';
import { type Channel, callerOf, createRpcServer, implement, openChannel } from '../index.ts';

const log = createLogger({ service: 'test', process: 'test', logLevel: 'silent' });
const HOST = '127.0.0.1';
const exporter = new InMemorySpanExporter();
const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
const began = Promise.withResolvers<void>();
const go = Promise.withResolvers<void>();
const server = createRpcServer({
  ...{ callee: 'storage', host: HOST, port: 0, log, requestMsMax: 60_000 },
  implementations: [
    implement(menuStoreService, {
      ReadCafes: async () => ({ cafes: [] }),
      ReadMenu: async (_, { cafeId }) => {
        if (cafeId === 'slow') {
          began.resolve();
          await go.promise;
        }
        return { menu: {} };
      },
    }),
  ],
});

beforeAll(() => {
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
});
afterAll(() => Promise.all([provider.shutdown(), server.drain(0)]));

let channel: Channel;
beforeAll(async () => {
  channel = openChannel('storage', `ipv4:${HOST}:${await server.listen()}`);
});
beforeEach(() => exporter.reset());
afterAll(() => channel.close());

/** A call in a trace of its own, whose id is this digit 32 times. */
function traced(digit: string, cafeId = 'a'): Promise<unknown> {
  const { ReadMenu } = callerOf(menuStoreService, channel, { batched: ['ReadMenu'] });
  const parent = { traceparent: `00-${digit.repeat(32)}-${'b'.repeat(16)}-01` };
  const ctx = { deadlineAt: Date.now() + 60_000, signal: new AbortController().signal };
  return inSpan('request', { kind: SpanKind.SERVER, parent }, () => ReadMenu(ctx, { cafeId }));
}

/** The span of a call at its caller, after a look that its callee's stands below it. */
function clientSpanOf(digit: string) {
  const its = exporter.getFinishedSpans().filter((span) => span.spanContext().traceId === digit.repeat(32));
  const client = its.find(({ kind }) => kind === SpanKind.CLIENT);
  const served = its.find(({ name, kind }) => kind === SpanKind.SERVER && name !== 'request');
  expect(served?.parentSpanContext?.spanId).toBe(client?.spanContext().spanId);
  return client;
}

describe('the trace of a call', () => {
  it('that leaves together with another is its own, with a link to the other', async () => {
    await Promise.all([traced('1'), traced('2')]);
    for (const [own, other] of [
      ['1', '2'],
      ['2', '1'],
    ] as const) {
      const client = clientSpanOf(own);
      expect(client?.attributes).toMatchObject({ 'group.size': 2 });
      expect(client?.links.map((link) => link.context.traceId)).toEqual([other.repeat(32)]);
    }
  });

  it('that goes on the stream of another is its own, not that of the other', async () => {
    const before = traced('3', 'slow');
    await began.promise;
    await traced('4');
    go.resolve();
    await before;
    for (const digit of ['3', '4']) expect(clientSpanOf(digit)?.links).toEqual([]);
  });

  it('that is too large for others, and leaves alone beside them, is its own', async () => {
    await Promise.all([traced('5'), traced('6', 'a'.repeat(140_000))]);
    for (const digit of ['5', '6']) expect(clientSpanOf(digit)?.links).toEqual([]);
  });
});
