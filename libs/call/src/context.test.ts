import { describe, expect, it } from '@jest/globals';
import { Failure, remainingMs, rootContext, shorten, throwIfOver } from './index.ts';

const NOW = 1_000_000;
const signal = new AbortController().signal;

describe('a deadline', () => {
  it.each([
    // caller has  limit  reserve  callee gets
    [2_000, 800, 50, 800],
    [700, 800, 50, 650],
    [850, 800, 50, 800],
    [849, 800, 50, 799],
    [51, 800, 50, 1],
    [50, 800, 50, 'spent'],
    [0, 800, 50, 'spent'],
    [-5, 800, 0, 'spent'],
  ])('of %d ms under a limit of %d with %d in reserve leaves %s', (hasMs, atMostMs, reserveMs, gets) => {
    const shortened = () => shorten({ deadlineAt: NOW + hasMs, signal }, { atMostMs, reserveMs }, NOW);
    if (gets === 'spent')
      expect(shortened).toThrow(expect.objectContaining({ kind: 'timed_out', reason: 'deadline_spent_before_call' }));
    else expect(remainingMs(shortened(), NOW)).toBe(gets);
  });

  it('that has passed lets nothing begin', () => {
    expect(() => throwIfOver({ deadlineAt: NOW, signal }, NOW)).toThrow(Failure);
    expect(() => throwIfOver({ deadlineAt: NOW + 1, signal }, NOW)).not.toThrow();
  });

  it('does not matter to a caller that has gone', () => {
    const gone = rootContext({ atMostMs: 1_000, signal: AbortSignal.abort() }, NOW);
    expect(() => throwIfOver(gone, NOW)).toThrow(expect.objectContaining({ kind: 'cancelled' }));
  });
});

describe('anything thrown', () => {
  it('that is no Failure is a bug that keeps its text to itself', () => {
    const failure = Failure.from(new Error('password=hunter2'));
    expect(failure).toMatchObject({ kind: 'bug', reason: 'unexpected' });
    expect(failure.message).not.toContain('hunter2');
  });
});
