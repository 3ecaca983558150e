/**
 * Spans in memory, bounded. Each is kept as the JSON text that came (a third of the size of its objects), with what is
 * asked for most beside it. When a bound is reached whole traces go, the oldest first: half a trace misleads.
 */
import type { Origin, OtlpSpan, Received } from './otlp.ts';

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

interface KeptSpan {
  readonly json: string;
  readonly operation: string;
  readonly origin: Origin;
}

interface KeptTrace {
  readonly id: string;
  readonly spans: KeptSpan[];
  readonly spanIds: Set<string>;
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

  operations(service: string): string[] {
    return [...(this.#operations.get(service)?.keys() ?? [])].sort();
  }

  trace(id: string): StoredSpan[] | undefined {
    const trace = this.#traces.get(id.toLowerCase().padStart(32, '0'));
    return trace && read(trace);
  }

  /** Traces that the service has a span in, the newest first, one at a time: the caller stops when it has enough. */
  *newestOf(service: string): Generator<StoredSpan[]> {
    for (const trace of [...this.#traces.values()].reverse()) {
      if (trace.spans.some(({ origin }) => origin.service === service)) yield read(trace);
    }
  }

  #addOne(span: OtlpSpan, from: Origin): void {
    const id = span.traceId.toLowerCase();
    let trace = this.#traces.get(id);
    if (!trace) {
      trace = { id, spans: [], spanIds: new Set() };
      this.#traces.set(id, trace);
    }
    // An exporter that got no answer sends its batch again.
    const spanId = span.spanId.toLowerCase();
    if (trace.spanIds.has(spanId)) return;
    if (trace.spans.length >= this.#limits.spansPerTraceMax) {
      this.#dropped += 1;
      return;
    }
    trace.spanIds.add(spanId);

    const origin = this.#sameOrigin(from);
    const operation = span.name ?? '';
    const json = JSON.stringify(span);
    trace.spans.push({ json, operation, origin });
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

const read = (trace: KeptTrace): StoredSpan[] =>
  trace.spans.map(({ json, origin }) => ({ span: JSON.parse(json) as OtlpSpan, origin }));
