import {
  type Attributes,
  type Context,
  context,
  INVALID_SPAN_CONTEXT,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { type CallContext, FAILURES, Failure } from '@seams/call';

export { type Attributes, type Span, SpanKind } from '@opentelemetry/api';

const tracer = trace.getTracer('seams');

export interface SpanOptions {
  readonly kind: SpanKind;
  readonly attributes?: Attributes;
  /**
   * The remote caller's carrier: HTTP headers, gRPC metadata or Kafka headers as plain strings; empty starts a trace.
   * Without it the span goes below the active one, and where none is active there is no span: polling leaves no traces.
   */
  readonly parent?: Carrier;
}

/** What carries a trace between processes: `traceparent` and, if there is one, `tracestate`. */
export type Carrier = Readonly<Record<string, string>>;

/**
 * Runs `work` inside a span that ends with it. A thrown Failure is written on the span; only what is our fault or a
 * part's fault makes it an error, a refusal is the system working well.
 */
export async function inSpan<T>(name: string, options: SpanOptions, work: (span: Span) => Promise<T>): Promise<T> {
  if (!options.parent && !trace.getActiveSpan()) return work(trace.wrapSpanContext(INVALID_SPAN_CONTEXT));

  const parent = options.parent ? contextOf(options.parent) : context.active();
  const span = tracer.startSpan(name, { kind: options.kind, attributes: options.attributes ?? {} }, parent);
  try {
    return await context.with(trace.setSpan(parent, span), work, undefined, span);
  } catch (thrown) {
    markFailed(span, thrown);
    throw thrown;
  } finally {
    span.end();
  }
}

/** A span that someone else ends, for work done in a batch: many requests' events in one send. */
export interface OpenSpan {
  /** What the next process needs to continue below this span. */
  readonly carrier: Record<string, string>;
  end(thrown?: unknown): void;
}

export function openSpan(name: string, options: SpanOptions & { readonly parent: Carrier }): OpenSpan {
  const parent = contextOf(options.parent);
  const span = tracer.startSpan(name, { kind: options.kind, attributes: options.attributes ?? {} }, parent);
  const carrier: Record<string, string> = {};
  propagation.inject(trace.setSpan(parent, span), carrier);
  return {
    carrier,
    end: (thrown) => {
      if (thrown !== undefined) markFailed(span, thrown);
      span.end();
    },
  };
}

/**
 * Runs work that several requests share, each in a trace of its own. A span has one parent, so it stands in the trace of
 * the first that is recorded; the others have a link to that request, and it has one to each of them.
 */
export function inSharedSpan<T>(spans: readonly Span[], work: () => T): T {
  const [first, ...others] = spans.filter((span) => span.isRecording());
  if (!first) return context.with(ROOT_CONTEXT, work);
  for (const other of others) {
    other.addLink({ context: first.spanContext() });
    first.addLink({ context: other.spanContext() });
  }
  return context.with(trace.setSpan(ROOT_CONTEXT, first), work);
}

/** Writes a failure on a span without ending it. */
export function markFailed(span: Span, thrown: unknown): void {
  const failure = Failure.from(thrown);
  span.setAttributes({ 'failure.kind': failure.kind, 'failure.reason': failure.reason });
  if (FAILURES[failure.kind].outcome === 'refused') return;
  span.setStatus({ code: SpanStatusCode.ERROR, message: failure.reason });
  if (failure.kind === 'bug') span.recordException(failure.cause instanceof Error ? failure.cause : failure);
}

/** The active trace as headers for the next process; empty when nothing is traced. */
export function activeCarrier(): Record<string, string> {
  const carrier: Record<string, string> = {};
  propagation.inject(context.active(), carrier);
  return carrier;
}

/** The active trace id (32 hex digits), or undefined outside of a span. */
export function activeTraceId(): string | undefined {
  return trace.getActiveSpan()?.spanContext().traceId;
}

/** The span of what is being worked on, for whoever goes on with it in another turn. */
export const activeSpan = (): Span | undefined => trace.getActiveSpan();

/** Adds facts to the span of what is being worked on, if it is traced. */
export function annotate(attributes: Attributes): void {
  trace.getActiveSpan()?.setAttributes(attributes);
}

/** Until when the answer is wanted, as every span says that works for one: nothing may begin later. */
export const deadlineOf = ({ deadlineAt }: Pick<CallContext, 'deadlineAt'>): Attributes => ({
  'deadline.unix_ms': deadlineAt,
});

/** Adds something that happened to the span of what is being worked on, if it is traced. */
export function event(name: string, attributes: Attributes): void {
  trace.getActiveSpan()?.addEvent(name, attributes);
}

function contextOf(carrier: Carrier): Context {
  return propagation.extract(context.active(), carrier);
}
