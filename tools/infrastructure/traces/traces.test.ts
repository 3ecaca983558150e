import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { JaegerTrace } from './jaeger.ts';
import { type OtlpSpan, takeApart } from './otlp.ts';
import { startTraceServers, type TraceServers } from './servers.ts';
import { TraceStore } from './store.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const START_NS = 1_795_258_252_306_000_000n;
/** A minute later: a search that says no end goes back from then. */
const NOW_MS = Number(START_NS / 1_000_000n) + 60_000;

const traceId = (n: number): string => n.toString(16).padStart(32, '0');
const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });

/** One second after another. */
const span = (n: number, more: Partial<OtlpSpan> = {}): OtlpSpan => ({
  traceId: TRACE,
  spanId: (n + 1).toString(16).padStart(16, '0'),
  name: `operation ${n}`,
  kind: 1,
  startTimeUnixNano: String(START_NS + BigInt(n) * 1_000_000_000n),
  endTimeUnixNano: String(START_NS + BigInt(n) * 1_000_000_000n + 2_500_000n),
  ...more,
});

const batch = (service: string, ...spans: OtlpSpan[]) => ({
  resourceSpans: [
    {
      resource: { attributes: [text('service.name', service), text('service.instance.id', `${service}-1`)] },
      scopeSpans: [{ scope: { name: '@seams/rpc', version: '1' }, spans }],
    },
  ],
});

let servers: TraceServers;
let store: TraceStore;
beforeEach(async () => {
  store = new TraceStore({ spansMax: 20, charactersMax: 1_000_000, spansPerTraceMax: 10 });
  servers = await startTraceServers({ host: '127.0.0.1', otlpPort: 0, queryPort: 0, store, nowMs: () => NOW_MS });
});
afterEach(() => servers.close());

const send = (
  body: string | Buffer<ArrayBuffer>,
  headers: Record<string, string> = { 'content-type': 'application/json' },
): Promise<Response> => fetch(`http://127.0.0.1:${servers.otlpPort}/v1/traces`, { method: 'POST', body, headers });

async function ask(path: string): Promise<{ status: number; body: { data: unknown; total: number; errors: unknown } }> {
  const response = await fetch(`http://127.0.0.1:${servers.queryPort}${path}`);
  return { status: response.status, body: (await response.json()) as never };
}

const tracesOf = async (query: string): Promise<JaegerTrace[]> =>
  (await ask(`/api/traces?${query}`)).body.data as JaegerTrace[];

describe('a trace that two processes sent', () => {
  beforeEach(async () => {
    const sent = await send(
      JSON.stringify(batch('gateway', span(0, { kind: 2, attributes: [text('http.route', '/v1/orders')] }))),
    );
    expect(sent.status).toBe(200);
    expect(await sent.json()).toEqual({ partialSuccess: {} });
    const child = span(1, {
      parentSpanId: span(0).spanId,
      kind: 3,
      status: { code: 2, message: 'no stock' },
      attributes: [
        { key: 'count', value: { intValue: '5' } },
        { key: 'huge', value: { intValue: '9007199254740993' } },
        { key: 'share', value: { doubleValue: 0.5 } },
        { key: 'cached', value: { boolValue: false } },
        { key: 'skus', value: { arrayValue: { values: [{ stringValue: 'a' }, { intValue: '2' }] } } },
      ],
      events: [{ timeUnixNano: String(START_NS + 1_000n), name: 'retry', attributes: [text('why', 'conflict')] }],
      links: [{ traceId: traceId(9), spanId: '00000000000000aa' }],
    });
    await send(gzipSync(JSON.stringify(batch('storage', child))), {
      'content-type': 'application/json',
      'content-encoding': 'gzip',
    });
  });

  it('is one trace in the shape of Jaeger', async () => {
    const { status, body } = await ask(`/api/traces/${TRACE}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ total: 0, limit: 0, offset: 0, errors: null });
    const [trace] = body.data as [JaegerTrace];
    expect(trace.processes).toEqual({
      p1: { serviceName: 'gateway', tags: [{ key: 'service.instance.id', type: 'string', value: 'gateway-1' }] },
      p2: { serviceName: 'storage', tags: [{ key: 'service.instance.id', type: 'string', value: 'storage-1' }] },
    });
    const [root, child] = trace.spans;
    expect(root).toEqual({
      traceID: TRACE,
      spanID: '0000000000000001',
      operationName: 'operation 0',
      references: [],
      startTime: Number(START_NS / 1_000n),
      duration: 2_500,
      tags: [
        { key: 'http.route', type: 'string', value: '/v1/orders' },
        { key: 'otel.scope.name', type: 'string', value: '@seams/rpc' },
        { key: 'otel.scope.version', type: 'string', value: '1' },
        { key: 'span.kind', type: 'string', value: 'server' },
      ],
      logs: [],
      processID: 'p1',
      warnings: null,
    });
    expect(child?.references).toEqual([
      { refType: 'CHILD_OF', traceID: TRACE, spanID: '0000000000000001' },
      { refType: 'FOLLOWS_FROM', traceID: '0000000000000009', spanID: '00000000000000aa' },
    ]);
    expect(child?.tags).toEqual(
      expect.arrayContaining([
        { key: 'count', type: 'int64', value: 5 },
        { key: 'huge', type: 'int64', value: '9007199254740993' },
        { key: 'share', type: 'float64', value: 0.5 },
        { key: 'cached', type: 'bool', value: false },
        { key: 'skus', type: 'string', value: '["a",2]' },
        { key: 'span.kind', type: 'string', value: 'client' },
        { key: 'error', type: 'bool', value: true },
        { key: 'otel.status_code', type: 'string', value: 'ERROR' },
        { key: 'otel.status_description', type: 'string', value: 'no stock' },
      ]),
    );
    expect(child?.logs).toEqual([
      {
        timestamp: Number(START_NS / 1_000n) + 1,
        fields: [
          { key: 'event', type: 'string', value: 'retry' },
          { key: 'why', type: 'string', value: 'conflict' },
        ],
      },
    ]);
  });

  it('is not doubled by an exporter that sends its batch again', async () => {
    const [a, b] = [text('a', '1'), text('b', '2')];
    for (const attributes of [
      [a, b],
      [a, b],
      [b, a],
    ])
      await send(JSON.stringify(batch('gateway', span(2, { attributes }))));
    expect((await tracesOf('service=gateway'))[0]?.spans).toHaveLength(3);
  });

  it('keeps another span of a known id', async () => {
    await send(JSON.stringify(batch('gateway', span(0))));
    expect((await tracesOf('service=gateway'))[0]?.spans).toHaveLength(3);
  });

  it('lists services and operations', async () => {
    expect((await ask('/api/services')).body.data).toEqual(['gateway', 'storage']);
    expect((await ask('/api/services/storage/operations')).body.data).toEqual(['operation 1']);
    expect((await ask('/api/services/nobody/operations')).body.data).toBeNull();
  });

  it.each([
    ['service=gateway', 1],
    ['service=nobody', 0],
    ['service=storage&operation=operation%201', 1],
    ['service=storage&operation=operation%200', 0], // gateway's
    ['service=storage&tag=count:5', 1],
    ['service=gateway&tag=count:5', 0], // all conditions for one span
    ['service=gateway&tag=http.route:/v1/orders', 1],
    ['service=storage&tag=why:conflict', 1],
    ['service=gateway&minDuration=2.5ms', 1],
    ['service=gateway&minDuration=2501us', 0],
    [`service=gateway&start=${START_NS / 1_000n}&end=${START_NS / 1_000n}`, 1],
    [`service=gateway&start=${START_NS / 1_000n + 1n}`, 0],
    [`service=gateway&end=${START_NS / 1_000n - 1n}`, 0],
    [`traceID=${TRACE}&traceID=${traceId(7)}`, 1],
  ])('is found by %s: %d', async (query, count) => {
    expect(await tracesOf(query)).toHaveLength(count);
  });
});

describe('a question that has no answer', () => {
  it.each([
    [`/api/traces/${traceId(1)}`, 404, 'trace not found'],
    ['/api/traces', 400, "parameter 'service' is required"],
    ['/api/traces?service=a&limit=many', 400, 'strconv.ParseInt: parsing "many": invalid syntax'],
    ['/api/services/%E0%A4%A/operations', 400, 'the path is not well encoded'],
    ['/api/nothing', 404, 'not found'],
  ])('%s is %d', async (path, status, msg) => {
    const answer = await ask(path);
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({ data: null, total: 0, limit: 0, offset: 0, errors: [{ code: status, msg }] });
  });
});

describe('what is not OTLP/JSON', () => {
  it.each([
    [
      'protobuf',
      'x',
      { 'content-type': 'application/x-protobuf' },
      415,
      /OTLP as application\/json, not application\/x-protobuf/,
    ],
    ['another encoding', 'x', { 'content-type': 'application/json', 'content-encoding': 'br' }, 415, /br is not read/],
    ['broken JSON', '{', { 'content-type': 'application/json' }, 400, /not JSON/],
    [
      'another shape',
      '{"resourceSpans":{}}',
      { 'content-type': 'application/json' },
      400,
      /resourceSpans is not a list/,
    ],
    ['no gzip', 'x', { 'content-type': 'application/json', 'content-encoding': 'gzip' }, 400, /not gzip/],
    [
      'too much',
      'x'.repeat(8 * 1024 * 1024 + 1),
      { 'content-type': 'application/json' },
      413,
      /more than 8388608 bytes/,
    ],
  ])('%s is refused', async (_, body, headers, status, message) => {
    const answer = await send(body, headers as Record<string, string>);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ message: expect.stringMatching(message) });
  });

  it('a bomb of zeros is refused before it is unpacked', async () => {
    const answer = await send(gzipSync(Buffer.alloc(64 * 1024 * 1024)), {
      'content-type': 'application/json',
      'content-encoding': 'gzip',
    });
    expect(answer.status).toBe(413);
  });

  it('spans without a usable id or time are left out and counted; the others are kept', async () => {
    const bad: Partial<OtlpSpan>[] = [
      { traceId: traceId(0) },
      { spanId: 'zz' },
      { startTimeUnixNano: 'noon' },
      { events: [null] as never },
      { events: [{ timeUnixNano: 'noon' }] },
    ];
    const answer = await send(JSON.stringify(batch('gateway', span(0), ...bad.map((part, n) => span(n + 1, part)))));
    expect(await answer.json()).toMatchObject({ partialSuccess: { rejectedSpans: bad.length } });
    expect((await tracesOf('service=gateway'))[0]?.spans).toHaveLength(1);
  });
});

describe('a full store', () => {
  const filled = (spansMax: number): TraceStore =>
    new TraceStore({ spansMax, charactersMax: 1_000_000, spansPerTraceMax: 3 });
  const addTrace = (to: TraceStore, n: number, spans: number): void =>
    to.add(
      takeApart(batch(`service-${n}`, ...Array.from({ length: spans }, (_, at) => span(at, { traceId: traceId(n) })))),
    );

  it('drops whole traces, the oldest first, and forgets their services', () => {
    const full = filled(5);
    for (const n of [1, 2, 3]) addTrace(full, n, 2);
    expect(full.trace(traceId(1))).toBeUndefined();
    expect(full.trace(traceId(2))).toHaveLength(2);
    expect(full.services()).toEqual(['service-2', 'service-3']);
    expect(full.size).toMatchObject({ traces: 2, spans: 4, spansDropped: 2 });
  });

  it('drops nothing at its limit', () => {
    const full = filled(4);
    for (const n of [1, 2]) addTrace(full, n, 2);
    expect(full.size).toMatchObject({ traces: 2, spans: 4, spansDropped: 0 });
  });

  it('is bounded in characters too', () => {
    const full = new TraceStore({ spansMax: 100, charactersMax: 500, spansPerTraceMax: 100 });
    for (const n of [1, 2, 3, 4, 5]) addTrace(full, n, 1);
    expect(full.size.characters).toBeLessThanOrEqual(500);
    expect(full.trace(traceId(5))).toHaveLength(1);
  });

  it('does not let one endless trace push out the others', () => {
    const full = filled(5);
    addTrace(full, 1, 2);
    addTrace(full, 2, 50);
    expect(full.size).toMatchObject({ traces: 2, spans: 5, spansDropped: 47 });
  });

  it('answers the newest traces first', () => {
    const full = filled(10);
    for (const n of [1, 2, 3]) full.add(takeApart(batch('gateway', span(n, { traceId: traceId(n) }))));
    expect([...full.newestOf('gateway')].map(([first]) => first?.span.traceId)).toEqual([3, 2, 1].map(traceId));
  });
});
