import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import { type ReadableSpan, type SpanExporter, TracerProvider } from '@opentelemetry/sdk-trace';
import type { Logger } from './logger.ts';
import { countingSpanProcessor } from './span-export.ts';

const LIMITS = { queuedMax: 20, perExportMax: 10, delayMs: 500, timeoutMs: 3_000 };

/** An exporter that answers as it is told to, or not at all while `answer` is undefined. */
function exporting() {
  const held: (() => void)[] = [];
  const state: { answer: ExportResult | undefined } = { answer: { code: ExportResultCode.SUCCESS } };
  const exporter: SpanExporter = {
    export: (_: ReadableSpan[], done) => {
      const { answer } = state;
      if (answer) done(answer);
      else held.push(() => done({ code: ExportResultCode.SUCCESS }));
    },
    shutdown: async () => undefined,
  };
  const warnings: object[] = [];
  const log = { warn: (fields: object) => void warnings.push(fields) } as unknown as Logger;
  const { processor, counts } = countingSpanProcessor(exporter, LIMITS, log);
  const tracer = new TracerProvider({ spanProcessors: [processor] }).getTracer('test');
  const spans = (count: number): void => {
    for (let n = 0; n < count; n++) tracer.startSpan('s').end();
  };
  return { state, held, warnings, counts, spans };
}

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

describe('spans', () => {
  it('that arrive are counted, without a line', async () => {
    const { spans, counts, warnings } = exporting();
    spans(15);
    expect(counts()).toEqual({ exported: 10, failed: 0, dropped: 0, waiting: 5 });
    await jest.advanceTimersByTimeAsync(1_000);
    expect(counts()).toEqual({ exported: 15, failed: 0, dropped: 0, waiting: 0 });
    expect(warnings).toEqual([]);
  });

  it('that a collector refuses are counted, and told once a minute with the reason', async () => {
    const { state, spans, counts, warnings } = exporting();
    state.answer = { code: ExportResultCode.FAILED, error: new Error('Not Found') };
    for (let second = 0; second < 50; second++) {
      spans(1);
      await jest.advanceTimersByTimeAsync(1_000);
    }
    expect(counts()).toEqual({ exported: 0, failed: 50, dropped: 0, waiting: 0 });
    expect(warnings).toEqual([{ why: 'Not Found', exported: 0, failed: 1, dropped: 0 }]);
    await jest.advanceTimersByTimeAsync(11_000);
    spans(1);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(warnings).toHaveLength(2);
  });

  it('beyond the queue of a collector that does not answer are dropped and counted, until there is room', async () => {
    const { state, held, spans, counts, warnings } = exporting();
    state.answer = undefined;
    spans(25);
    expect(counts()).toEqual({ exported: 0, failed: 0, dropped: 5, waiting: 20 });
    expect(warnings).toEqual([{ why: '20 spans wait', exported: 0, failed: 0, dropped: 1 }]);
    await jest.advanceTimersByTimeAsync(500);
    for (const answer of held.splice(0)) answer();
    state.answer = { code: ExportResultCode.SUCCESS };
    spans(1);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(counts().dropped).toBe(5);
    expect(counts().exported).toBeGreaterThanOrEqual(11);
  });
});
