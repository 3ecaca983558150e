/** How long a span may wait before it is exported. It imports nothing, so a reader of traces takes its waiting time from here. */
export interface SpanExportLimits {
  /** Beyond so many that wait, spans are dropped, never the requests. */
  readonly queuedMax: number;
  readonly perExportMax: number;
  readonly delayMs: number;
  readonly timeoutMs: number;
}

export const SPAN_EXPORT: SpanExportLimits = {
  // About 2,000 orders' worth in one process.
  queuedMax: 16_384,
  perExportMax: 1_024,
  // A person who places an order looks at its trace within seconds.
  delayMs: 500,
  timeoutMs: 3_000,
};

/** A full queue, each batch of it exported at the last moment: 16 × 3.5 s. After that a span is exported, failed or dropped. */
export const SPAN_EXPORT_MS_MAX =
  Math.ceil(SPAN_EXPORT.queuedMax / SPAN_EXPORT.perExportMax) * (SPAN_EXPORT.delayMs + SPAN_EXPORT.timeoutMs);
