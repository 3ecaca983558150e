import { describe, expect, it } from '@jest/globals';
import { parseFaultPlan } from '@seams/call';
import { FAULT_FIRED } from '@seams/telemetry';
import type { LogLine } from '../traces/logs.ts';
import type { Span, Trace } from '../traces/trace.ts';
import { evidenceOfLogs, evidenceOfTrace, faultsOf, firedOf, verdictOf } from './fired.ts';

const line = (process: string, operation: string, action: string, message: string = FAULT_FIRED): LogLine => ({
  ...{ at: '2026-11-21T10:00:00.000Z', service: 'storage', process, level: 'info', message, spanId: null },
  fields: { operation, action },
});
const logs = (...lines: LogLine[]) => evidenceOfLogs({ lines, whole: true });

const PLAN = 'storage.CommitOrder=drop-reply/server*1; relay.Publish=delay:300@0.5';
const COMMIT = line('storage-2', 'storage.CommitOrder', 'drop-reply/server');
const RELAY = line('storage-1', 'relay.Publish', 'delay:300');

describe('the faults of one request', () => {
  it('are named as a process names them that injects one', () => {
    expect(faultsOf(PLAN)).toEqual(['storage.CommitOrder=drop-reply/server', 'relay.Publish=delay:300']);
    expect(() => parseFaultPlan(PLAN)).not.toThrow();
    expect(faultsOf('auth.Authenticate=error:timed_out@.25*3;')).toEqual(['auth.Authenticate=error:timed_out']);
  });

  it('fired where a process says so, of the same operation, action and side', () => {
    const others = [
      line('a', 'storage.CommitOrder', 'drop-reply'),
      line('a', 'relay.Publish', 'delay:301'),
      line('a', 'relay.Publish', 'delay:300', 'answered'),
    ];
    expect(firedOf(PLAN, logs(COMMIT, ...others, RELAY, RELAY))).toEqual([
      { fault: 'storage.CommitOrder=drop-reply/server', by: ['storage-2'] },
      { fault: 'relay.Publish=delay:300', by: ['storage-1', 'storage-1'] },
    ]);
  });

  it('are waited for, and are an error when one of them never fired', () => {
    expect(verdictOf(PLAN, logs(COMMIT, RELAY), false)).toEqual({
      state: 'fired',
      sentences: [
        'storage.CommitOrder=drop-reply/server fired once, in storage-2.',
        'relay.Publish=delay:300 fired once, in storage-1.',
      ],
    });
    expect(verdictOf(PLAN, logs(COMMIT), false).state).toBe('looking');
    const never = verdictOf(PLAN, logs(COMMIT), true);
    expect(never.state).toBe('never fired');
    expect(never.sentences[0]).toMatch(/^relay\.Publish=delay:300 never fired\./);
    expect(never.sentences[1]).toMatch(/fired once, in storage-2/);
  });

  it('are not said to have never fired where not all was searched', () => {
    const some = (...lines: LogLine[]) => evidenceOfLogs({ lines, whole: false });
    expect(verdictOf(PLAN, some(COMMIT), true)).toEqual({
      state: 'not known',
      sentences: [
        'Whether relay.Publish=delay:300 fired is not known. The log files were too long to be searched whole.',
        'storage.CommitOrder=drop-reply/server fired once, in storage-2.',
      ],
    });
    expect(verdictOf(PLAN, some(COMMIT, RELAY), true).state).toBe('fired');
  });

  it('are seen in the trace where there are no logs, which proves nothing of those that are not', () => {
    const span = (process: string, tags: Span['tags']): Span => ({ process, tags }) as Span;
    const spans = [
      span('gateway-1', {}),
      span('single', { 'fault.operation': 'storage.CommitOrder', 'fault.action': 'drop-reply/server' }),
    ];
    const { state, sentences } = verdictOf(PLAN, evidenceOfTrace({ spans } as unknown as Trace, 'No logs here.'), true);
    expect([state, ...sentences]).toEqual([
      'not known',
      'Whether relay.Publish=delay:300 fired is not known. No logs here.',
      'storage.CommitOrder=drop-reply/server fired once, in single.',
    ]);
  });
});
