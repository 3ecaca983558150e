import { beforeAll, describe, expect, it } from '@jest/globals';
import { metrics } from '@opentelemetry/api';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { createLogger, measure, metricsText } from './index.ts';
import { metricsReader } from './metrics.ts';

const lines: string[] = [];
const log = createLogger(
  { service: 'test', process: 'test', logLevel: 'info' },
  { write: (line) => void lines.push(line) },
);
const outbox = { waiting: 3, reads: 0, away: false };

beforeAll(() => {
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [metricsReader(log)] }));
  measure(
    {
      test_outbox_waiting: { kind: 'gauge', unit: '{event}', description: 'Events that wait.' },
      test_outbox_oldest_seconds: { kind: 'gauge', unit: 's', description: 'Age of the next one.' },
    },
    async () => {
      outbox.reads++;
      if (outbox.away) throw new Error('Postgres is away');
      return { test_outbox_waiting: outbox.waiting };
    },
  );
  measure({ test_refused: { kind: 'counter', unit: '{request}', description: 'Refused.' } }, () => ({
    test_refused: ['pay', 'read'].map((criticality, value) => ({ labels: { criticality }, value })),
  }));
  measure({ test_published: { kind: 'counter', unit: '{event}', description: 'Published.' } }, () => ({
    test_published: 7,
  }));
});

describe('what a process measures', () => {
  it('is Prometheus’s text, without what was left out, and asked for at most once a second', async () => {
    const first = await metricsText(5_000);
    outbox.waiting = 4;
    expect(await metricsText(5_999)).toBe(first);
    expect(outbox.reads).toBe(1);
    expect(first).toContain('# HELP test_outbox_waiting Events that wait.\n');
    expect(first).toContain('# TYPE test_outbox_waiting gauge\ntest_outbox_waiting 3\n');
    expect(first).toContain('# TYPE test_published_total counter\ntest_published_total 7\n');
    expect(first).toContain('\ntest_refused_total{criticality="pay"} 0\ntest_refused_total{criticality="read"} 1\n');
    expect(first).not.toContain('test_outbox_oldest_seconds');
    expect(await metricsText(6_000)).toContain('\ntest_outbox_waiting 4\n');
  });

  it('has one name for what several parts of a process measure, each with its label', async () => {
    for (const [callee, value] of [
      ['storage', 5],
      ['auth', 2],
    ] as const) {
      const calling = { test_calls: { kind: 'counter', unit: '{call}', description: 'Calls.' } } as const;
      measure(calling, () => ({ test_calls: [{ labels: { callee }, value }] }));
    }
    const text = await metricsText(7_500);
    expect(text).toContain('test_calls_total{callee="storage"} 5\n');
    expect(text).toContain('test_calls_total{callee="auth"} 2\n');
  });

  it('leaves out what cannot be read, and says so in the log', async () => {
    outbox.away = true;
    const text = await metricsText(9_000);
    expect(text).not.toContain('test_outbox_waiting ');
    expect(text).toContain('\ntest_published_total 7\n');
    expect(lines.join('')).toContain('Postgres is away');
  });
});
