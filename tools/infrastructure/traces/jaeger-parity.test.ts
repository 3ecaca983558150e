/**
 * What a Jaeger 2 with its store in memory answered to these requests after these spans were sent to it; the source of 2.11.0, the
 * chart's version, says the same. The store must answer so too. Services, spans and dependencies have no order in Jaeger.
 */
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { JaegerTrace } from './jaeger.ts';
import { type OtlpAttribute, type OtlpSpan, takeApart } from './otlp.ts';
import { answerQuery } from './query.ts';
import { TraceStore } from './store.ts';

const NOW_S = 1_796_070_402;
const DAY_S = 86_400;

const hex = (n: number, digits: number): string => n.toString(16).padStart(digits, '0');
const traceId = (n: number): string => hex(n, 32);
const text = (key: string, stringValue: string): OtlpAttribute => ({ key, value: { stringValue } });
const nanos = (seconds: number, more = 0): string => String(BigInt(seconds) * 1_000_000_000n + BigInt(more));

interface Sent extends Partial<OtlpSpan> {
  readonly parent?: number;
  /** Seconds before now. */
  readonly age?: number;
  readonly lastsMs?: number;
}

function span(trace: number, id: number, { parent, age = 5, lastsMs = 10, ...more }: Sent = {}): OtlpSpan {
  return {
    traceId: traceId(trace),
    spanId: hex(id, 16),
    name: 'op',
    kind: 2,
    startTimeUnixNano: nanos(NOW_S - age),
    endTimeUnixNano: nanos(NOW_S - age, lastsMs * 1_000_000),
    ...(parent === undefined ? {} : { parentSpanId: hex(parent, 16) }),
    ...more,
  };
}

const store = new TraceStore();

function send(service: string | undefined, spans: readonly OtlpSpan[], resource: readonly OtlpAttribute[] = []): void {
  const attributes = [...(service === undefined ? [] : [text('service.name', service)]), ...resource];
  const scope = service === 'tags' ? { name: 'libx', version: '9' } : { name: 'lib' };
  store.add(takeApart({ resourceSpans: [{ resource: { attributes }, scopeSpans: [{ scope, spans }] }] }));
}

const ATTRIBUTES: readonly OtlpAttribute[] = [
  { key: 'code', value: { intValue: '500' } },
  { key: 'flag', value: { boolValue: true } },
  { key: 'f', value: { doubleValue: 1.5 } },
  { key: 'list', value: { arrayValue: { values: [{ stringValue: 'a' }, { stringValue: 'b' }] } } },
  { key: 'big', value: { intValue: '9007199254740993' } },
  text('s', 'x'),
];

beforeAll(() => {
  send('old', [span(0x1001, 1, { age: 600 })]);
  send('ancient', [span(0x1002, 1, { age: 3 * DAY_S })]);
  send('future', [span(0x1003, 1, { age: -600 })]);
  const events = [{ timeUnixNano: nanos(NOW_S - 5, 1_000), name: 'ev', attributes: [text('evk', 'evv')] }];
  const tagged = span(0x1004, 1, { attributes: ATTRIBUTES, status: { code: 2, message: 'bad' }, events });
  send('tags', [tagged], [text('host.name', 'h1')]);
  send('root', [span(0x1005, 1, { lastsMs: 1_000 })]);
  const [k1, k2] = [text('k1', '1'), text('k2', '2')];
  send('child', [span(0x1005, 2, { parent: 1, attributes: [k1] }), span(0x1005, 3, { parent: 1, attributes: [k2] })]);
  for (let i = 0; i < 150; i++) send('many', [span(0x2000 + i, 1, { age: 300 - i })]);
  for (let i = 0; i < 5; i++) send('rev', [span(0x3000 + i, 1, { age: 10 + i * 10 })]);
  for (const _ of ['sent', 'sent again']) send('dup', [span(0x1006, 1)]);
  const a = text('a', '1');
  send('dup', [span(0x1006, 2, { parent: 1, attributes: [a] })]);
  send('dup', [span(0x1006, 2, { parent: 1, attributes: [a, text('b', '2')] })]);
  send('back', [span(0x1007, 1, { lastsMs: -5 })]);
  send('sk1', [span(0x1008, 1, { age: 20, lastsMs: 100 })], [text('ip', '1.1.1.1')]);
  send('sk2', [span(0x1008, 2, { age: 15, lastsMs: 50, parent: 1 })], [text('ip', '2.2.2.2')]);
  send('orph', [span(0x1009, 1, { parent: 99, links: [{ traceId: traceId(0x1004), spanId: hex(1, 16) }] })]);
  for (const id of [1, 2]) {
    send('inst', [span(0x100a, id, id === 2 ? { parent: 1 } : {})], [text('service.instance.id', `i${id}`)]);
  }
  send(undefined, [span(0x101c, 1)]);
  send('', [span(0x101d, 1)]);
  send('ok', [span(0x101e, 1, { status: { code: 1 } })]);
});

interface Body {
  readonly data: unknown;
  readonly total: number;
  readonly errors: readonly { readonly code?: number; readonly msg: string; readonly traceID?: string }[] | null;
}

function ask(path: string): { readonly status: number; readonly body: Body } {
  const answer = answerQuery(store, new URL(path, 'http://traces'), NOW_S * 1_000);
  if (!answer) throw new Error(`${path} is no path of the API`);
  return answer as { status: number; body: Body };
}

const traces = (path: string): JaegerTrace[] => ask(path).body.data as JaegerTrace[];
const trace = (id: number): JaegerTrace => traces(`/api/traces/${traceId(id)}`)[0] as JaegerTrace;
const micros = (seconds: number): string => `${seconds}000000`;
const search = (query: string): string => `/api/traces?service=${query}`;
const tagged = (tags: object): string => search(`tags&tags=${encodeURIComponent(JSON.stringify(tags))}`);

describe('the count of traces is that of Jaeger', () => {
  it.each([
    [search('old'), 1],
    [search('old&lookback=1m'), 1],
    [search('old&lookback=soon'), 1],
    [search(`old&start=${micros(NOW_S - 3_600)}&end=${micros(NOW_S + 60)}`), 1],
    [search(`old&start=${NOW_S - 3_600}000&end=${NOW_S + 60}000`), 0],
    [search(`old&start=${micros(NOW_S - 60)}&end=${micros(NOW_S + 60)}`), 0],
    [search('ancient'), 0],
    [search('ancient&start=1'), 1],
    [search('ancient&lookback=custom'), 0],
    [`/api/traces/${traceId(0x1002)}`, 1],
    [search('future'), 0],
    [tagged({ code: '500' }), 1],
    [tagged({ flag: 'true' }), 1],
    [tagged({ f: '1.5' }), 1],
    [tagged({ list: '["a","b"]' }), 1],
    [tagged({ big: '9007199254740993' }), 1],
    [tagged({ error: 'true' }), 0],
    [tagged({ 'otel.status_code': 'ERROR' }), 0],
    [tagged({ 'span.kind': 'server' }), 0],
    [tagged({ 'host.name': 'h1' }), 1],
    [tagged({ 'otel.scope.name': 'libx' }), 0],
    [tagged({ 'otel.library.name': 'libx' }), 0],
    [tagged({ evk: 'evv' }), 1],
    [tagged({ event: 'ev' }), 0],
    [tagged({ s: 'x', evk: 'evv' }), 1],
    [tagged({ 'service.name': 'tags' }), 1],
    [tagged({ 'otel.status_description': 'bad' }), 0],
    [search('tags&tag=code:500'), 1],
    // Not measured, from its source: it reads any text as false, and false finds what is OK.
    [search('ok&tag=error:true'), 1],
    [search('child&minDuration=500ms'), 0],
    [search('root&minDuration=500ms'), 1],
    [search('child&tag=k1:1&tag=k2:2'), 0],
    [search('many'), 100],
    [search('many&limit=1'), 1],
    [search('many&limit=2000'), 150],
    ['/api/traces/1004', 1],
    [`/api/traces/${traceId(0x1004).toUpperCase()}`, 1],
    [`/api/traces?traceID=${traceId(0x1004)}&traceID=${traceId(0x1005)}`, 2],
    [`/api/traces?traceID=${traceId(0xbeef)}`, 0],
    [`/api/traces?traceID=${traceId(0x1004)}&traceID=${traceId(0xbeef)}`, 1],
    [search('back&minDuration=1h'), 0],
    [search('back&minDuration=1ms'), 0],
    [search('missing-service-name'), 1],
    [search('empty-service-name'), 1],
  ])('%s: %d', (path, count) => {
    const { status, body } = ask(path);
    expect([status, (body.data as unknown[]).length, body.total]).toEqual([200, count, 0]);
  });
});

describe('a refusal is that of Jaeger, status and words', () => {
  const depth = 'search depth must be greater than 0 and less than max traces';
  const unmarshal = (type: string): string =>
    `malformed 'tags' parameter, cannot unmarshal JSON: json: cannot unmarshal ${type} into Go value of type string`;
  it.each([
    [tagged({ code: 500 }), 400, unmarshal('number')],
    [tagged({ flag: true }), 400, unmarshal('bool')],
    [tagged({ error: true }), 400, unmarshal('bool')],
    ['/api/traces', 400, "parameter 'service' is required"],
    [`/api/traces?tags=${encodeURIComponent('{"s":"x"}')}`, 400, "parameter 'service' is required"],
    [
      search('root&minDuration=500'),
      400,
      'unable to parse param \'minDuration\': time: missing unit in duration "500"',
    ],
    [search('root&minDuration=2s&maxDuration=1s'), 400, "'maxDuration' should be greater than 'minDuration'"],
    [search('many&limit=0'), 500, depth],
    [search('many&limit=-1'), 500, depth],
    [search('many&limit=5001'), 500, depth], // above max_traces of the chart
    [search('many&limit=many'), 400, 'strconv.ParseInt: parsing "many": invalid syntax'],
    [search('many&limit=1.5'), 400, 'strconv.ParseInt: parsing "1.5": invalid syntax'],
    ['/api/traces/xyz', 400, 'strconv.ParseUint: parsing "xyz": invalid syntax'],
    [`/api/traces/${traceId(0xdead)}`, 404, 'trace not found'],
  ])('%s: %d', (path, code, msg) => {
    expect(ask(path)).toEqual({
      status: code,
      body: { data: null, total: 0, limit: 0, offset: 0, errors: [{ code, msg }] },
    });
  });

  it('an id among several that is unknown is an error beside the others', () => {
    const { body } = ask(`/api/traces?traceID=${traceId(0x1004)}&traceID=${traceId(0xbeef)}`);
    expect(body.errors).toEqual([{ msg: 'trace not found', traceID: '000000000000beef' }]);
  });
});

describe('the order of traces is that of Jaeger, the last to arrive first', () => {
  const ages = (query: string): number[] =>
    traces(search(query)).map(({ spans: [first] }) => NOW_S - (first?.startTime ?? 0) / 1_000_000);
  it.each([
    ['many&limit=3', [151, 152, 153]],
    ['rev&limit=2', [50, 40]],
    ['rev', [50, 40, 30, 20, 10]],
  ])('%s', (query, expected) => expect(ages(query)).toEqual(expected));
});

describe('the JSON of a trace is that of Jaeger', () => {
  it('of a span and its process', () => {
    const string = (key: string, value: string) => ({ key, type: 'string', value });
    expect(trace(0x1004).spans[0]).toEqual({
      traceID: '0000000000001004',
      spanID: '0000000000000001',
      operationName: 'op',
      references: [],
      startTime: (NOW_S - 5) * 1_000_000,
      duration: 10_000,
      tags: [
        { key: 'big', type: 'int64', value: '9007199254740993' },
        { key: 'code', type: 'int64', value: 500 },
        { key: 'error', type: 'bool', value: true },
        { key: 'f', type: 'float64', value: 1.5 },
        { key: 'flag', type: 'bool', value: true },
        string('list', '["a","b"]'),
        string('otel.scope.name', 'libx'),
        string('otel.scope.version', '9'),
        string('otel.status_code', 'ERROR'),
        string('otel.status_description', 'bad'),
        string('s', 'x'),
        string('span.kind', 'server'),
      ],
      logs: [{ timestamp: (NOW_S - 5) * 1_000_000 + 1, fields: [string('event', 'ev'), string('evk', 'evv')] }],
      processID: 'p1',
      warnings: null,
    });
    expect(trace(0x1004).processes).toEqual({ p1: { serviceName: 'tags', tags: [string('host.name', 'h1')] } });
    expect(Object.keys(trace(0x100a).processes)).toEqual(['p1', 'p2']);
  });

  it.each([
    [0x1006, ['1', '2', '2'], [null, null, ['duplicate span IDs; skipping clock skew adjustment']]],
    [
      0x1007,
      ['1'],
      [
        [
          'Negative duration detected, sanitizing end timestamp. Original end timestamp: 2026-11-30 20:26:36.995 +0000 UTC, adjusted to: 2026-11-30 20:26:37.000000001 +0000 UTC',
        ],
      ],
    ],
    [0x1008, ['1', '2'], [null, ['clock skew adjustment disabled; not applying calculated delta of -4.975s']]],
    [0x1009, ['1'], [['invalid parent span IDs=0000000000000063; skipping clock skew adjustment']]],
  ])('of the warnings and spans of trace %d', (id, ids, warnings) => {
    const { spans } = trace(id);
    expect(spans.map(({ spanID }) => spanID.replace(/^0+/, ''))).toEqual(ids);
    expect(spans.map((each) => each.warnings)).toEqual(warnings);
    expect(spans.every(({ duration }) => duration >= 0)).toBe(true);
  });

  it('of a parent that is not there and of a link', () => {
    expect(trace(0x1009).spans[0]?.references).toEqual([
      { refType: 'CHILD_OF', traceID: '0000000000001009', spanID: '0000000000000063' },
      { refType: 'FOLLOWS_FROM', traceID: '0000000000001004', spanID: '0000000000000001' },
    ]);
  });
});

describe('lists are those of Jaeger', () => {
  it.each([
    ['/api/services/tags/operations', ['op'], 1],
    ['/api/services/nobody/operations', null, 0],
    ['/api/operations?service=tags', [{ name: 'op', spanKind: 'server' }], 1],
    ['/api/operations?service=tags&spanKind=client', [], 0],
    [
      `/api/dependencies?endTs=${NOW_S}000&lookback=3600000&service=sk2`,
      [{ parent: 'sk1', child: 'sk2', callCount: 1 }],
      0,
    ],
    [`/api/dependencies?endTs=${NOW_S - 3_600}000&lookback=1000`, [], 0],
  ])('%s', (path, data, total) => {
    expect(ask(path)).toEqual({ status: 200, body: { data, total, limit: 0, offset: 0, errors: null } });
  });

  it('services, and calls between them', () => {
    expect(ask('/api/services').body.data).toEqual(expect.arrayContaining(['ancient', 'missing-service-name']));
    const { data } = ask(`/api/dependencies?endTs=${NOW_S}000&lookback=3600000`).body;
    expect(new Set(data as object[])).toEqual(
      new Set([
        { parent: 'sk1', child: 'sk2', callCount: 1 },
        { parent: 'inst', child: 'inst', callCount: 1 },
        { parent: 'dup', child: 'dup', callCount: 2 },
        { parent: 'root', child: 'child', callCount: 2 },
      ]),
    );
  });
});
