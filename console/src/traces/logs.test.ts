import { describe, expect, it } from '@jest/globals';
import { fieldsOf, type LogLine, linesBySpan, questionForLogs, saidOf } from './logs.ts';
import type { Trace } from './trace.ts';

const line = (spanId: string | null, more: Partial<LogLine> = {}): LogLine => ({
  at: '2026-11-21T10:00:00.010Z',
  service: 'storage',
  process: 'storage-1',
  level: 'info',
  message: 'answered',
  spanId,
  fields: { route: 'CommitOrder', ms: 3.5 },
  ...more,
});
const span = { parentId: null, operation: 'o', service: 's', process: 's-1', startUs: 0, durationUs: 1 };
const trace: Trace = {
  traceId: 'a'.repeat(32),
  startedAt: '2026-11-21T10:00:00.000Z',
  spans: [{ ...span, spanId: 'one', tags: {}, events: [] }],
};

describe('log lines beside the spans', () => {
  it('are asked for from where the trace began', () => {
    expect(questionForLogs(trace).path).toBe(`/v1/traces/${trace.traceId}/logs?from=2026-11-21T10%3A00%3A00.000Z`);
  });

  it('stand each at its span, and together when theirs is not there', () => {
    const by = linesBySpan(trace, [line('one'), line('two'), line(null), line('one')]);
    expect([by.get('one')?.length, by.get(null)?.length]).toEqual([2, 2]);
    expect(fieldsOf(line('one'))).toBe('route CommitOrder, ms 3.5');
  });

  it.each([
    [[], true, 'No process wrote a line about it.'],
    [[line('one')], true, '1 log line of 1 process.'],
    [[line('one'), line('one', { process: 'auth-1' })], false, '2 log lines of 2 processes. The files were'],
  ])('are counted in words: %#', (lines, whole, said) => {
    expect(saidOf({ lines, whole })).toContain(said);
  });
});
