import { metrics } from '@opentelemetry/api';
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { AggregationTemporality, InstrumentType, MetricReader } from '@opentelemetry/sdk-metrics';
import { droppedLogLines } from './log-destination.ts';
import type { Logger } from './logger.ts';

export interface Measure {
  /** A counter only rises; a gauge goes up and down. */
  readonly kind: 'gauge' | 'counter';
  /** Of UCUM: `s`, `By`, `1`; what is counted stands in braces: `{event}`. */
  readonly unit: string;
  readonly description: string;
}

/** One number, or one for each value of a label: who is refused, by their class. */
export type Reading = number | readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number }[];

/**
 * Names what a process can say about itself, and how to find out: `read` is called when somebody asks, at most once a
 * second, and gives all of it in one look. What it leaves out, or when it fails, is not shown at all: an old number
 * would look like a good one. A name has its unit at its end, as Prometheus wants it: `seams_outbox_oldest_seconds`.
 */
export function measure<Name extends string>(
  measures: Readonly<Record<Name, Measure>>,
  read: () => Partial<Record<Name, Reading>> | Promise<Partial<Record<Name, Reading>>>,
): void {
  const meter = metrics.getMeter('seams');
  const instruments = Object.entries<Measure>(measures).map(([name, { kind, ...described }]) => {
    const make = kind === 'gauge' ? meter.createObservableGauge : meter.createObservableCounter;
    return [name as Name, make.call(meter, name, described)] as const;
  });
  meter.addBatchObservableCallback(
    async (result) => {
      const values = await read();
      for (const [name, instrument] of instruments) {
        const reading: Reading = values[name] ?? [];
        const all = typeof reading === 'number' ? [{ labels: {}, value: reading }] : reading;
        for (const { labels, value } of all) result.observe(instrument, value, labels);
      }
    },
    instruments.map(([, instrument]) => instrument),
  );
}

const FRESH_MS = 1_000;
const READ_MS_MAX = 2_000;

let text: () => Promise<string> = async () => '# this process measures nothing\n';
let last: { readonly until: number; readonly text: Promise<string> } | undefined;

/** What this process measures, in Prometheus's text format; whoever asks again within a second gets the same answer. */
export function metricsText(now = performance.now()): Promise<string> {
  if (last === undefined || now >= last.until) last = { until: now + FRESH_MS, text: text() };
  return last.text;
}

/** Read when somebody asks. A gauge that was not seen this time is left out: kept as a sum, it would show its last value. */
class AskedReader extends MetricReader {
  constructor() {
    super({
      aggregationTemporalitySelector: (type) =>
        type === InstrumentType.OBSERVABLE_GAUGE ? AggregationTemporality.DELTA : AggregationTemporality.CUMULATIVE,
    });
  }
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

/** What `metricsText` reads from now on. */
export function metricsReader(log: Logger): MetricReader {
  const reader = new AskedReader();
  const serializer = new PrometheusSerializer(undefined, false, undefined, false, true);
  last = undefined;
  text = async () => {
    const { resourceMetrics, errors } = await reader.collect({ timeoutMillis: READ_MS_MAX });
    for (const error of errors) log.warn({ error: String(error) }, 'a measure could not be read');
    return serializer.serialize(resourceMetrics);
  };
  return reader;
}

/** What every process says about itself; the names are OpenTelemetry's, with the units that Prometheus wants behind. */
export function measureProcess(): void {
  measure(
    {
      process_uptime_seconds: { kind: 'gauge', unit: 's', description: 'Since the process started.' },
      process_memory_usage_bytes: { kind: 'gauge', unit: 'By', description: 'Resident memory.' },
      process_cpu_time_seconds: { kind: 'counter', unit: 's', description: 'User and system time together.' },
      seams_log_lines_dropped: { kind: 'counter', unit: '{line}', description: 'The reader of the log paused.' },
    },
    () => {
      const { user, system } = process.cpuUsage();
      return {
        process_uptime_seconds: process.uptime(),
        process_memory_usage_bytes: process.memoryUsage.rss(),
        process_cpu_time_seconds: (user + system) / 1e6,
        seams_log_lines_dropped: droppedLogLines(),
      };
    },
  );
}
