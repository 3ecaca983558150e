import { isSpanContextValid, trace } from '@opentelemetry/api';
import { type DestinationStream, type Logger, pino } from 'pino';
import { stdoutDestination } from './log-destination.ts';

export type { Logger } from 'pino';

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
  return pino(settings, destination ?? stdoutDestination());
}

function activeTrace(): Record<string, string> {
  const active = trace.getActiveSpan()?.spanContext();
  return active && isSpanContextValid(active) ? { traceId: active.traceId, spanId: active.spanId } : {};
}
