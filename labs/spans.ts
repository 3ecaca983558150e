/** What a lab looks for in a trace. */
import { readTrace, type Span, serviceOf, type Trace, tagOf } from '../tools/order/trace.ts';

/** Spans that say which fault struck there. */
export const faultsIn = (trace: Trace): number =>
  trace.spans.filter((span) => tagOf(span, 'fault.action') !== undefined).length;

/** How often analytics has taken the event: a delivery that was taken says its outcome. */
export const takenIn = (trace: Trace): number =>
  trace.spans.filter((span) => tagOf(span, 'message.outcome') !== undefined).length;

/** Until when the answer was wanted, in Unix milliseconds. Every span says it that works for an answer. */
export const deadlineIn = (span: Span): number | undefined => {
  const tag = tagOf(span, 'deadline.unix_ms');
  return tag === undefined ? undefined : Number(tag);
};

const rootOf = (trace: Trace): Span | undefined =>
  trace.spans.find((span) => serviceOf(trace, span) === 'gateway' && tagOf(span, 'span.kind') === 'server');

/** Spans of storage that began after the client's deadline, of those that work for its answer. */
export function lateIn(trace: Trace): Span[] {
  const root = rootOf(trace);
  const deadlineAt = (root && deadlineIn(root)) ?? Number.POSITIVE_INFINITY;
  return trace.spans.filter(
    (span) =>
      serviceOf(trace, span) === 'storage' && deadlineIn(span) !== undefined && span.startTime / 1_000 > deadlineAt,
  );
}

/** Calls of this service to a method, each attempt counted: "ReadWallet". */
export const attemptsIn = (trace: Trace, service: string, method: string): number =>
  trace.spans.filter(
    (span) =>
      serviceOf(trace, span) === service &&
      tagOf(span, 'span.kind') === 'client' &&
      span.operationName.endsWith(`/${method}`),
  ).length;

/** Whether what the gateways asked for has told its side: each process sends its spans by itself. */
export function answeredIn(trace: Trace): boolean {
  const parents = new Set(trace.spans.flatMap(({ references }) => references.map(({ spanID }) => spanID)));
  const asked = trace.spans.filter(
    (span) => serviceOf(trace, span) === 'gateway' && tagOf(span, 'span.kind') === 'client',
  );
  return asked.every(({ spanID }) => parents.has(spanID));
}

const TRACE_MS_MAX = 15_000;
const AT_ONCE = 8;

/** Each of these traces once the gateway's span is in it, which ends last; a few at a time. */
export async function readTraces(
  tracesUrl: string,
  traceIds: readonly string[],
  complete: (trace: Trace) => boolean = () => true,
): Promise<Trace[]> {
  const whole = (trace: Trace): boolean => rootOf(trace) !== undefined && complete(trace);
  const left = [...traceIds];
  const traces: Trace[] = [];
  const worker = async (): Promise<void> => {
    for (let id = left.pop(); id !== undefined; id = left.pop()) {
      const trace = await readTrace(tracesUrl, id, whole, TRACE_MS_MAX);
      if (!trace || !whole(trace)) throw new Error(`the trace ${id} is not whole after ${TRACE_MS_MAX / 1_000} s`);
      traces.push(trace);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return traces;
}
