/**
 * Spans in memory, bounded. Each is kept as the JSON text that came (a third of the size of its objects), with what is
 * asked for most beside it. When a bound is reached whole traces go, the oldest first: half a trace misleads.
 */
import {
  durationNanosOf,
  kindOf,
  nanosOf,
  type Origin,
  type OtlpAttribute,
  type OtlpSpan,
  type Received,
} from './otlp.ts';

export interface StoreLimits {
  readonly spansMax: number;
  readonly charactersMax: number;
  /** One endless trace must not push out all the others. */
  readonly spansPerTraceMax: number;
}

/** About 2,000 orders; measured 120 MB of RSS when full. */
export const STORE_LIMITS: StoreLimits = { spansMax: 50_000, charactersMax: 48 * 1024 * 1024, spansPerTraceMax: 5_000 };

export interface StoredSpan {
  readonly span: OtlpSpan;
  readonly origin: Origin;
}

export interface Operation {
  readonly name: string;
  readonly spanKind: string;
}

/** Calls between services, or within one, by the parents of spans. */
export interface Dependency {
  readonly parent: string;
  readonly child: string;
  readonly callCount: number;
}

interface KeptSpan {
  readonly id: string;
  readonly json: string;
  /** Its kind and its name. */
  readonly operation: string;
  readonly origin: Origin;
  /** How often it came: Jaeger shows equal spans as one, and counts each as a call. */
  copies: number;
}

interface KeptTrace {
  readonly id: string;
  readonly spans: KeptSpan[];
  readonly byId: Map<string, KeptSpan[]>;
}

export class TraceStore {
  readonly #limits: StoreLimits;
  /** By the arrival of their first span: a Map remembers it. */
  readonly #traces = new Map<string, KeptTrace>();
  /** Per service the operations with the count of their kept spans. */
  readonly #operations = new Map<string, Map<string, number>>();
  readonly #origins = new Map<string, Origin>();
  #spans = 0;
  #characters = 0;
  #dropped = 0;

  constructor(limits: StoreLimits = STORE_LIMITS) {
    this.#limits = limits;
  }

  get size(): { traces: number; spans: number; characters: number; spansDropped: number } {
    return { traces: this.#traces.size, spans: this.#spans, characters: this.#characters, spansDropped: this.#dropped };
  }

  add(received: Received): void {
    for (const { span, origin } of received.spans) this.#addOne(span, origin);
    while (this.#spans > this.#limits.spansMax || this.#characters > this.#limits.charactersMax) this.#dropOldest();
  }

  services(): string[] {
    return [...this.#operations.keys()].sort();
  }

  operations(service: string): Operation[] {
    return [...(this.#operations.get(service)?.keys() ?? [])].sort().map(operationOf);
  }

  trace(id: string): StoredSpan[] | undefined {
    const trace = this.#traces.get(id);
    return trace && read(trace);
  }

  /** Of the traces that lie whole between these times, in nanoseconds since 1970. */
  dependencies(after: bigint, before: bigint): Dependency[] {
    const counts = new Map<string, Dependency>();
    for (const trace of this.#traces.values()) {
      const spans = read(trace);
      const isBetween = spans.every(({ span }) => {
        const start = nanosOf(span.startTimeUnixNano);
        return start > after && start + BigInt(durationNanosOf(span)) < before;
      });
      if (!isBetween) continue;
      for (const [at, { span, origin }] of spans.entries()) {
        const parent = trace.byId.get((span.parentSpanId ?? '').toLowerCase())?.[0]?.origin.service;
        if (parent === undefined) continue;
        const key = JSON.stringify([parent, origin.service]);
        const callCount = (counts.get(key)?.callCount ?? 0) + (trace.spans[at]?.copies ?? 0);
        counts.set(key, { parent, child: origin.service, callCount });
      }
    }
    return [...counts.values()];
  }

  /** Traces that the service has a span in, the newest first, one at a time: the caller stops when it has enough. */
  *newestOf(service: string): Generator<StoredSpan[]> {
    for (const trace of [...this.#traces.values()].reverse()) {
      if (trace.spans.some(({ origin }) => origin.service === service)) yield read(trace);
    }
  }

  #addOne(sent: OtlpSpan, from: Origin): void {
    const span = { ...sent, traceId: sent.traceId.toLowerCase(), spanId: sent.spanId.toLowerCase() };
    const id = span.traceId;
    let trace = this.#traces.get(id);
    if (!trace) {
      trace = { id, spans: [], byId: new Map() };
      this.#traces.set(id, trace);
    }
    const origin = this.#sameOrigin(from);
    // An exporter that got no answer sends its batch again; another span of this id is one of its own.
    const sameId = trace.byId.get(span.spanId) ?? [];
    const equal = sameId.length > 0 ? comparable(span, origin) : '';
    const known = sameId.find((kept) => comparable(JSON.parse(kept.json) as OtlpSpan, kept.origin) === equal);
    if (known) {
      known.copies += 1;
      return;
    }
    if (trace.spans.length >= this.#limits.spansPerTraceMax) {
      this.#dropped += 1;
      return;
    }
    const operation = `${kindOf(span.kind)} ${span.name ?? ''}`;
    const json = JSON.stringify(span);
    const kept = { id: span.spanId, json, operation, origin, copies: 1 };
    trace.spans.push(kept);
    trace.byId.set(span.spanId, [...sameId, kept]);
    const operations = this.#operations.get(origin.service) ?? new Map<string, number>();
    operations.set(operation, (operations.get(operation) ?? 0) + 1);
    this.#operations.set(origin.service, operations);
    this.#spans += 1;
    this.#characters += json.length;
  }

  #dropOldest(): void {
    const [oldest] = this.#traces.values();
    if (!oldest) throw new Error('the trace store counts spans that it does not have');
    this.#traces.delete(oldest.id);
    for (const { json, operation, origin } of oldest.spans) {
      this.#spans -= 1;
      this.#characters -= json.length;
      this.#dropped += 1;
      this.#forgetOperation(origin.service, operation);
    }
  }

  #forgetOperation(service: string, operation: string): void {
    const operations = this.#operations.get(service);
    const left = (operations?.get(operation) ?? 0) - 1;
    if (left > 0) operations?.set(operation, left);
    else operations?.delete(operation);
    if (operations?.size === 0) this.#operations.delete(service);
  }

  /** Each request brings its resource anew; one copy of each is kept. Few, for a process has few scopes. */
  #sameOrigin(origin: Origin): Origin {
    const key = JSON.stringify(origin);
    const known = this.#origins.get(key);
    if (known) return known;
    // Restarted processes have new instance ids, so the table is emptied now and then; kept spans hold what they need.
    if (this.#origins.size >= 1_000) this.#origins.clear();
    this.#origins.set(key, origin);
    return origin;
  }
}

function operationOf(operation: string): Operation {
  const space = operation.indexOf(' ');
  return { name: operation.slice(space + 1), spanKind: operation.slice(0, space) };
}

/** The same text for spans that differ in the order of their attributes alone. */
function comparable(span: OtlpSpan, { resource, scope, scopeVersion, scopeAttributes }: Origin): string {
  const sorted = (attributes: readonly OtlpAttribute[] = []): string[] =>
    attributes.map((each) => JSON.stringify(each)).sort();
  const events = (span.events ?? []).map((event) => ({ ...event, attributes: sorted(event.attributes) }));
  return JSON.stringify([
    Object.entries({ ...span, attributes: sorted(span.attributes), events }).sort(([a], [b]) => (a < b ? -1 : 1)),
    [sorted(resource), scope, scopeVersion, sorted(scopeAttributes)],
  ]);
}

const read = (trace: KeptTrace): StoredSpan[] =>
  trace.spans.map(({ json, origin }) => ({ span: JSON.parse(json) as OtlpSpan, origin }));
