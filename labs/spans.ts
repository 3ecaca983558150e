/** What a lab looks for in a trace. */
import { type Span, serviceOf, type Trace, tagOf } from '../tools/order/trace.ts';

/** Spans that say which fault struck there. */
export const faultsIn = (trace: Trace): number =>
  trace.spans.filter((span) => tagOf(span, 'fault.action') !== undefined).length;

/** Whether this fault has fired there: "storage.ReadMenu=delay:700/server". A consumer has one end only, and leaves it out. */
export const hasFired = (trace: Trace, fault: string): boolean =>
  trace.spans.some((span) => {
    const fired = `${tagOf(span, 'fault.operation')}=${tagOf(span, 'fault.action')}`;
    return fired === fault || `${fired}/server` === fault;
  });

/** How often analytics has taken the event: a delivery that was taken says its outcome. */
export const takenIn = (trace: Trace): number =>
  trace.spans.filter((span) => tagOf(span, 'message.outcome') !== undefined).length;

/** Until when the answer was wanted, in Unix milliseconds. Every span says it that works for an answer. */
export const deadlineIn = (span: Span): number | undefined => {
  const tag = tagOf(span, 'deadline.unix_ms');
  return tag === undefined ? undefined : Number(tag);
};

/** The gateway's span, which ends last. */
export const rootOf = (trace: Trace): Span | undefined =>
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
