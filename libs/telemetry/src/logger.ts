import { isSpanContextValid, trace } from '@opentelemetry/api';
import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger } from 'pino';

const STDOUT = 1;

/**
 * One JSON line per event, on stdout, with the trace id of whatever request is being worked on.
 * Callers pass listed fields, never a request's body: passwords, tokens and cards travel in bodies.
 */
export function createLogger(
  options: { readonly service: string; readonly process: string; readonly logLevel: string },
  destination?: DestinationStream,
): Logger {
  const settings = {
    level: options.logLevel,
    base: { service: options.service, process: options.process },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    mixin: activeTrace,
  };
  // Written at once, not by a thread: a killed process loses no line, and a line takes a write instead of two switches between
  // threads and another turn of the event loop, which was 7 % of the CPU of an order (docs/price.md).
  return pino(settings, destination ?? pino.destination({ dest: STDOUT, sync: true }));
}

function activeTrace(): Record<string, string> {
  const active = trace.getActiveSpan()?.spanContext();
  return active && isSpanContextValid(active) ? { traceId: active.traceId, spanId: active.spanId } : {};
}
