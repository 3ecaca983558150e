import { TraceFlags } from '@opentelemetry/api';
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import { BatchSpanProcessor, type ReadableSpan, type SpanExporter, type SpanProcessor } from '@opentelemetry/sdk-trace';
import type { Logger } from './logger.ts';
import { measure } from './metrics.ts';
import type { SpanExportLimits } from './span-export-limits.ts';

export interface SpanCounts {
  readonly exported: number;
  /** Handed to the exporter and refused, or never answered: they are gone. */
  readonly failed: number;
  /** Not queued: the queue was full. */
  readonly dropped: number;
  /** Ended, and none of the others yet. */
  readonly waiting: number;
}

const WARN_EVERY_MS = 60_000;

/**
 * Batches spans for an exporter and counts what became of them. OpenTelemetry's own processor reports a failed export to its
 * diag logger, which is silent by default: a wrong collector would lose every trace without a line.
 */
export function countingSpanProcessor(
  exporter: SpanExporter,
  { queuedMax, perExportMax, delayMs, timeoutMs }: SpanExportLimits,
  log: Logger,
): { readonly processor: SpanProcessor; readonly counts: () => SpanCounts } {
  const counts = { exported: 0, failed: 0, dropped: 0 };
  let waiting = 0;
  let warnedAt = Number.NEGATIVE_INFINITY;
  const lost = (what: 'failed' | 'dropped', spans: number, why: string): void => {
    counts[what] += spans;
    if (performance.now() - warnedAt < WARN_EVERY_MS) return;
    warnedAt = performance.now();
    log.warn({ why, ...counts }, 'spans are lost; the next line about it comes in a minute at the earliest');
  };
  const batching = new BatchSpanProcessor({
    exporter: {
      export: (spans, done) =>
        exporter.export(spans, (result: ExportResult) => {
          waiting -= spans.length;
          if (result.code === ExportResultCode.SUCCESS) counts.exported += spans.length;
          else lost('failed', spans.length, result.error?.message ?? 'the exporter gives no reason');
          done(result);
        }),
      shutdown: () => exporter.shutdown(),
    },
    scheduledDelayMillis: delayMs,
    exportTimeoutMillis: timeoutMs,
    maxQueueSize: queuedMax,
    maxExportBatchSize: perExportMax,
  });
  const processor: SpanProcessor = {
    onStart: (span, parent) => batching.onStart(span, parent),
    onEnd: (span: ReadableSpan) => {
      if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return;
      if (waiting >= queuedMax) return lost('dropped', 1, `${queuedMax} spans wait`);
      waiting += 1;
      batching.onEnd(span);
    },
    forceFlush: () => batching.forceFlush(),
    shutdown: () => batching.shutdown(),
  };
  return { processor, counts: () => ({ ...counts, waiting }) };
}

/** What every process says about its spans. */
export function measureSpans(counts: () => SpanCounts): void {
  measure(
    {
      seams_spans_exported: { kind: 'counter', unit: '{span}', description: 'Taken by the collector.' },
      seams_spans_failed: {
        kind: 'counter',
        unit: '{span}',
        description: 'Refused by the collector, or never answered.',
      },
      seams_spans_dropped: { kind: 'counter', unit: '{span}', description: 'Not queued: the queue was full.' },
      seams_spans_waiting: { kind: 'gauge', unit: '{span}', description: 'Ended, and not exported yet.' },
    },
    () => {
      const { exported, failed, dropped, waiting } = counts();
      return {
        seams_spans_exported: exported,
        seams_spans_failed: failed,
        seams_spans_dropped: dropped,
        seams_spans_waiting: waiting,
      };
    },
  );
}
