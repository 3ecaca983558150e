/** What a lab looks for in a trace. */
import { serviceOf, type Trace, tagOf } from '../tools/order/trace.ts';

/** Spans that say which fault struck there. */
export const faultsIn = (trace: Trace): number =>
  trace.spans.filter((span) => tagOf(span, 'fault.action') !== undefined).length;

/** How often analytics has taken the event: a delivery that was taken says its outcome. */
export const takenIn = (trace: Trace): number =>
  trace.spans.filter((span) => serviceOf(trace, span) === 'analytics' && tagOf(span, 'message.outcome') !== undefined)
    .length;
