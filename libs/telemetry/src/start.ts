import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { ParentBasedSampler, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace';
import { measureFaults } from './fired-faults.ts';
import { createLogger, type Logger } from './logger.ts';
import { measureProcess, metricsReader } from './metrics.ts';
import { countingSpanProcessor, measureSpans } from './span-export.ts';
import { SPAN_EXPORT } from './span-export-limits.ts';

export interface TelemetryOptions {
  /** For example "storage". */
  readonly service: string;
  /** The replica, for example "storage-2". */
  readonly process: string;
  /** Base URL of an OTLP/HTTP receiver, for example http://127.0.0.1:4318. */
  readonly otlpUrl: string;
  /** Share of traces kept when the caller did not decide, 0 to 1. */
  readonly traceRatio: number;
  readonly logLevel: string;
}

export interface Telemetry {
  readonly log: Logger;
  /** Sends what is buffered and stops. Resolves also when the receiver is away: a trace is not worth a hanging stop. */
  shutdown(): Promise<void>;
}

/**
 * Starts tracing, metrics and logging of one process. Call it before anything else, once.
 *
 * Spans are made by hand in rpc, postgres, messaging and the gateway: the stock instrumentations cost a third of a
 * chain's throughput at any sampling rate (docs/decisions/0006-hand-made-spans.md).
 */
export function startTelemetry(options: TelemetryOptions): Telemetry {
  const log = createLogger(options);
  const exporter = new OTLPTraceExporter({ url: `${options.otlpUrl}/v1/traces`, timeoutMillis: SPAN_EXPORT.timeoutMs });
  const { processor, counts } = countingSpanProcessor(exporter, SPAN_EXPORT, log);
  const sdk = new NodeSDK({
    autoDetectResources: false,
    resource: resourceFromAttributes({
      'service.name': options.service,
      'service.namespace': 'seams',
      'service.instance.id': options.process,
      'process.pid': process.pid,
    }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(options.traceRatio) }),
    spanProcessors: [processor],
    metricReaders: [metricsReader(log)],
    logRecordProcessors: [],
    instrumentations: [],
  });
  sdk.start();
  measureProcess();
  measureSpans(counts);
  measureFaults(log);
  return {
    log,
    shutdown: () =>
      sdk.shutdown().catch((error: unknown) => {
        log.warn({ error: String(error) }, 'the last spans could not be sent');
      }),
  };
}
