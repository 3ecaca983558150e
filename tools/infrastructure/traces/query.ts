/** Jaeger's query API over the store: services, operations, traces by filter and by id. */
import { type JaegerSpan, type JaegerTag, type JaegerTrace, toJaeger } from './jaeger.ts';
import type { TraceStore } from './store.ts';

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const LIMIT_DEFAULT = 100;
const LIMIT_MAX = 1_500;

class BadQuery extends Error {}

/** The path below the query port, or nothing when it is not of this API. */
export function answerQuery(store: TraceStore, url: URL): Answer | undefined {
  const path = url.pathname.split('/').slice(1).map(decodeURIComponent);
  try {
    return route(store, path, url.searchParams);
  } catch (error) {
    if (error instanceof BadQuery) return failed(400, error.message);
    throw error;
  }
}

function route(
  store: TraceStore,
  [api, what, one, part, ...rest]: string[],
  query: URLSearchParams,
): Answer | undefined {
  if (api !== 'api' || rest.length > 0) return undefined;
  if (what === 'services' && one === undefined) return found(store.services());
  if (what === 'services' && one !== undefined && part === 'operations') return found(store.operations(one));
  if (what === 'operations' && one === undefined) {
    return found(store.operations(required(query, 'service')).map((name) => ({ name, spanKind: '' })));
  }
  if (what === 'traces' && one === undefined) return found(search(store, query));
  if (what === 'traces' && one !== undefined && part === undefined) return byId(store, one);
  return undefined;
}

function byId(store: TraceStore, id: string): Answer {
  if (!/^[0-9a-fA-F]{1,32}$/.test(id))
    return failed(400, `"${id.slice(0, 64)}" is not a trace id of up to 32 hex digits`);
  const spans = store.trace(id);
  return spans ? found([toJaeger(spans)]) : failed(404, 'trace not found');
}

function search(store: TraceStore, query: URLSearchParams): JaegerTrace[] {
  const ids = query.getAll('traceID');
  if (ids.length > 0) return ids.slice(0, LIMIT_MAX).flatMap((id) => tracesOf(store, id));

  const service = required(query, 'service');
  const limit = Math.min(numberOf(query, 'limit') ?? LIMIT_DEFAULT, LIMIT_MAX);
  const matches = matcherOf(service, query);
  const traces: JaegerTrace[] = [];
  for (const stored of store.newestOf(service)) {
    if (traces.length >= limit) break;
    const trace = toJaeger(stored);
    if (trace.spans.some((span) => matches(span, trace))) traces.push(trace);
  }
  return traces.sort((a, b) => startOf(b) - startOf(a));
}

const tracesOf = (store: TraceStore, id: string): JaegerTrace[] => {
  const stored = store.trace(id);
  return stored ? [toJaeger(stored)] : [];
};

const startOf = (trace: JaegerTrace): number => trace.spans[0]?.startTime ?? 0;

/** All conditions must hold for one span, as in Jaeger. */
function matcherOf(service: string, query: URLSearchParams): (span: JaegerSpan, trace: JaegerTrace) => boolean {
  const operation = query.get('operation');
  const end = numberOf(query, 'end') ?? Number.POSITIVE_INFINITY;
  const start = numberOf(query, 'start') ?? sinceLookback(query, end);
  const shortest = durationOf(query, 'minDuration') ?? 0;
  const longest = durationOf(query, 'maxDuration') ?? Number.POSITIVE_INFINITY;
  const tags = tagsOf(query);
  return (span, trace) => {
    const process = trace.processes[span.processID];
    if (process?.serviceName !== service || (operation && span.operationName !== operation)) return false;
    if (span.startTime < start || span.startTime > end || span.duration < shortest || span.duration > longest)
      return false;
    const present: JaegerTag[] = [...span.tags, ...process.tags, ...span.logs.flatMap(({ fields }) => fields)];
    return tags.every(([key, value]) => present.some((tag) => tag.key === key && String(tag.value) === value));
  };
}

function required(query: URLSearchParams, name: string): string {
  const value = query.get(name);
  if (!value) throw new BadQuery(`parameter '${name}' is required`);
  return value;
}

function numberOf(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name);
  if (value === null || value === '') return undefined;
  if (!/^\d{1,19}$/.test(value))
    throw new BadQuery(`unable to parse param '${name}': "${value.slice(0, 64)}" is not a whole number`);
  return Number(value);
}

const MICROS: Readonly<Record<string, number>> = {
  ns: 0.001,
  us: 1,
  µs: 1,
  ms: 1_000,
  s: 1_000_000,
  m: 60_000_000,
  h: 3_600_000_000,
  d: 86_400_000_000,
};

/** "1.5s", "200ms", "2d" in µs. */
function durationOf(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name);
  if (value === null || value === '') return undefined;
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h|d)$/.exec(value) ?? [];
  if (amount === undefined || unit === undefined)
    throw new BadQuery(`unable to parse param '${name}': "${value.slice(0, 64)}" is not like 1.5s or 200ms`);
  return Number(amount) * (MICROS[unit] as number);
}

function sinceLookback(query: URLSearchParams, end: number): number {
  if (query.get('lookback') === 'custom') return 0;
  const lookback = durationOf(query, 'lookback');
  return lookback === undefined ? 0 : (Number.isFinite(end) ? end : Date.now() * 1_000) - lookback;
}

/** `tags={"k":"v"}` and `tag=k:v`, both of which Jaeger reads. */
function tagsOf(query: URLSearchParams): [string, string][] {
  const pairs = query.getAll('tag').map((each): [string, string] => {
    const colon = each.indexOf(':');
    if (colon < 1) throw new BadQuery(`malformed 'tag' parameter, expecting key:value, received: ${each.slice(0, 64)}`);
    return [each.slice(0, colon), each.slice(colon + 1)];
  });
  for (const json of query.getAll('tags')) {
    try {
      pairs.push(
        ...Object.entries(JSON.parse(json) as Record<string, unknown>).map(([key, value]): [string, string] => [
          key,
          String(value),
        ]),
      );
    } catch (error) {
      throw new BadQuery(`malformed 'tags' parameter: ${(error as Error).message}`);
    }
  }
  return pairs;
}

const found = (data: readonly unknown[]): Answer => ({
  status: 200,
  body: { data, total: data.length, limit: 0, offset: 0, errors: null },
});

export const failed = (code: number, msg: string): Answer => ({
  status: code,
  body: { data: null, total: 0, limit: 0, offset: 0, errors: [{ code, msg }] },
});
