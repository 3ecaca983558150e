/** Jaeger's query API over the store: the same answers as Jaeger 2.11 with its store in memory, or a refusal that says what is not here. */
import { parseInteger } from './go-values.ts';
import { type JaegerTrace, shownTraceId, toJaeger } from './jaeger.ts';
import { Refused, reading, refuseRaw, searchOf, TRACES_MAX, timeOf, traceIdOf, unread } from './search.ts';
import type { StoredSpan, TraceStore } from './store.ts';

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** What else Jaeger answers below /api. */
const NOT_HERE: readonly string[] = ['archive', 'deep-dependencies', 'metrics', 'quality-metrics', 'transform'];
const DEPENDENCIES_LOOKBACK_MS = 24n * 3_600_000n;

/** The path below the query port, or nothing when it is not of this API. `nowMs` ends a search that says no end. */
export function answerQuery(store: TraceStore, url: URL, nowMs: number = Date.now()): Answer | undefined {
  const path = url.pathname.split('/').slice(1).map(decodeURIComponent);
  try {
    return route(store, path, { query: url.searchParams, nowMs });
  } catch (error) {
    if (error instanceof Refused) return failed(error.status, error.message);
    throw error;
  }
}

interface Asked {
  readonly query: URLSearchParams;
  readonly nowMs: number;
}

function route(store: TraceStore, [api, what = '', one, part, ...rest]: string[], asked: Asked): Answer | undefined {
  if (api !== 'api') return undefined;
  if (what === 'v3') return notHereV3();
  if (NOT_HERE.includes(what)) return failed(501, `this trace store has no /api/${what}; Jaeger does`);
  if (rest.length > 0) return undefined;
  if (what === 'services' && one === undefined) return listed(orNull(store.services()));
  if (what === 'services' && one !== undefined && part === 'operations') {
    return listed(orNull([...new Set(store.operations(one).map(({ name }) => name))]));
  }
  if (part !== undefined) return undefined;
  if (what === 'operations' && one === undefined) return operations(store, asked.query);
  if (what === 'dependencies' && one === undefined) return dependencies(store, asked);
  if (what === 'traces' && one === undefined) return search(store, asked);
  if (what === 'traces' && one !== undefined) return byId(store, one, asked);
  return undefined;
}

function byId(store: TraceStore, given: string, { query, nowMs }: Asked): Answer {
  const id = reading(() => traceIdOf(given));
  // Jaeger's store in memory reads these and looks at the id alone.
  for (const name of ['start', 'end']) timeOf(query, name, nowMs);
  refuseRaw(query);
  const spans = store.trace(id);
  return spans ? found([toJaeger(spans)]) : failed(404, TRACE_NOT_FOUND);
}

const TRACE_NOT_FOUND = 'trace not found';

/** The newest traces by the arrival of their first span, in this order. */
function search(store: TraceStore, { query, nowMs }: Asked): Answer {
  const { traceIds, service, limit, matches } = searchOf(query, nowMs);
  if (traceIds.length > 0) return byIds(store, traceIds);
  if (limit <= 0 || limit > TRACES_MAX)
    return failed(500, 'search depth must be greater than 0 and less than max traces');
  const traces: JaegerTrace[] = [];
  for (const spans of store.newestOf(service)) {
    if (traces.length >= limit) break;
    if (spans.some(matches)) traces.push(toJaeger(spans));
  }
  return found(traces);
}

/** What is not there is an error beside the traces that are. */
function byIds(store: TraceStore, traceIds: readonly string[]): Answer {
  const traces = traceIds.map((id) => ({ id, spans: store.trace(id) }));
  const known = traces.map(({ spans }) => spans).filter((spans): spans is StoredSpan[] => spans !== undefined);
  const unknown = traces.filter(({ spans }) => spans === undefined);
  const errors = unknown.map(({ id }) => ({ msg: TRACE_NOT_FOUND, traceID: shownTraceId(id) }));
  return found(known.map(toJaeger), errors.length > 0 ? errors : null);
}

function operations(store: TraceStore, query: URLSearchParams): Answer {
  const service = query.get('service');
  if (!service) throw new Refused(400, "parameter 'service' is required");
  const kind = query.get('spanKind');
  return listed(store.operations(service).filter(({ spanKind }) => !kind || kind === spanKind));
}

function dependencies(store: TraceStore, { query, nowMs }: Asked): Answer {
  const end = timeOf(query, 'endTs', nowMs, 1_000_000n);
  const lookback = query.get('lookback');
  const lookbackMs = lookback ? reading(() => parseInteger(lookback), unread('lookback')) : DEPENDENCIES_LOOKBACK_MS;
  if (lookbackMs < 0n) return failed(500, 'end time must be greater than start time');
  const service = query.get('service');
  const links = store.dependencies(end - lookbackMs * 1_000_000n, end);
  return found(links.filter(({ parent, child }) => !service || parent === service || child === service));
}

/** Jaeger counts what it lists, and says 0 of traces and dependencies. */
const listed = (data: readonly unknown[] | null): Answer => answered(data, data?.length ?? 0, null);
const found = (data: readonly unknown[], errors: readonly object[] | null = null): Answer => answered(data, 0, errors);

const answered = (data: readonly unknown[] | null, total: number, errors: readonly object[] | null): Answer => ({
  status: 200,
  body: { data, total, limit: 0, offset: 0, errors },
});

/** Go writes a list that nobody began as null. */
const orNull = (list: readonly string[]): readonly string[] | null => (list.length > 0 ? list : null);

export const failed = (code: number, msg: string): Answer => ({
  status: code,
  body: { data: null, total: 0, limit: 0, offset: 0, errors: [{ code, msg }] },
});

/** In the form of that API. */
const notHereV3 = (): Answer => ({
  status: 501,
  body: {
    error: {
      httpCode: 501,
      message: 'this trace store has no /api/v3; Jaeger does. It answers /api/traces, for example',
    },
  },
});
