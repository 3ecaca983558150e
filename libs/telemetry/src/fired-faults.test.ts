import { beforeAll, describe, expect, it } from '@jest/globals';
import { context, metrics, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import { measureFaults } from './fired-faults.ts';
import { createLogger, faultFired, inSpan, metricsText, SpanKind } from './index.ts';
import { metricsReader } from './metrics.ts';

const lines: string[] = [];
const log = createLogger(
  { service: 'test', process: 'test', logLevel: 'error' },
  { write: (line) => void lines.push(line) },
);

beforeAll(() => {
  trace.setGlobalTracerProvider(new TracerProvider());
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [metricsReader(log)] }));
  measureFaults(log);
});

describe('a fault that fired', () => {
  it('is counted by operation, action and side, without the milliseconds that a client chose', async () => {
    expect(await metricsText(1_000)).not.toContain('seams_faults_fired_total{');
    faultFired('storage.CommitOrder', { kind: 'delay', ms: 300 });
    faultFired('storage.CommitOrder', { kind: 'delay', ms: 301 });
    faultFired('storage.CommitOrder', { kind: 'error', failure: 'conflict' }, 'server');
    const text = await metricsText(2_000);
    const series = text.split('\n').filter((line) => line.startsWith('seams_faults_fired_total'));
    expect(series).toEqual([
      'seams_faults_fired_total{operation="storage.CommitOrder",action="delay",side="caller"} 2',
      'seams_faults_fired_total{operation="storage.CommitOrder",action="error:conflict",side="server"} 1',
    ]);
  });

  it('is a line of its trace when it returns, so that a crash right after it loses nothing', async () => {
    lines.length = 0;
    await inSpan('call', { kind: SpanKind.CLIENT, parent: {} }, async (span) => {
      faultFired('relay.Mark', { kind: 'crash' });
      faultFired('auth.Authenticate', { kind: 'delay', ms: 5 }, 'server');
      const { traceId } = span.spanContext();
      expect(lines.map((line) => JSON.parse(line))).toMatchObject([
        { level: 'info', msg: 'fault fired', operation: 'relay.Mark', action: 'crash', traceId },
        { level: 'info', msg: 'fault fired', operation: 'auth.Authenticate', action: 'delay:5/server', traceId },
      ]);
    });
  });
});
