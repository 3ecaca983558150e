import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { CallContext } from './context.ts';
import { onEnd, withDeadline } from './wait.ts';

const NEVER = new Promise<never>(() => undefined);

let caller: AbortController;
const within = (ms: number): CallContext => ({ deadlineAt: Date.now() + ms, signal: caller.signal });

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['queueMicrotask'] });
  caller = new AbortController();
});
afterEach(() => {
  jest.useRealTimers();
});

describe('onEnd', () => {
  it('reports the deadline once, though the caller leaves later', () => {
    const seen: string[] = [];
    onEnd(within(50), ({ reason }) => seen.push(reason));
    jest.advanceTimersByTime(49);
    expect(seen).toEqual([]);
    jest.advanceTimersByTime(1);
    caller.abort();
    expect(seen).toEqual(['deadline_passed']);
  });

  it('reports the caller that leaves once, though the deadline passes later', () => {
    const seen: string[] = [];
    onEnd(within(50), ({ reason }) => seen.push(reason));
    caller.abort();
    jest.advanceTimersByTime(100);
    expect(seen).toEqual(['caller_gone']);
  });

  it('reports a caller that left before, after it has returned', async () => {
    caller.abort();
    const seen: string[] = [];
    onEnd(within(50), ({ reason }) => seen.push(reason));
    expect(seen).toEqual([]);
    await Promise.resolve();
    expect(seen).toEqual(['caller_gone']);
  });

  it('reports nothing once it was called off, and leaves no listener or timer', async () => {
    const seen: string[] = [];
    onEnd(within(50), ({ reason }) => seen.push(reason))();
    expect([getEventListeners(caller.signal, 'abort').length, jest.getTimerCount()]).toEqual([0, 0]);
    caller.abort();
    onEnd(within(50), ({ reason }) => seen.push(reason))(); // of one that left before
    await Promise.resolve();
    jest.advanceTimersByTime(100);
    expect(seen).toEqual([]);
  });

  it('waits for a deadline that no timer can wait for', () => {
    const seen: string[] = [];
    const dispose = onEnd({ ...within(0), deadlineAt: Number.POSITIVE_INFINITY }, ({ reason }) => seen.push(reason));
    jest.advanceTimersByTime(60_000);
    expect(seen).toEqual([]);
    dispose();
  });
});

describe('withDeadline', () => {
  it('gives the result or the error of the work, and leaves no listener or timer', async () => {
    await expect(withDeadline(within(50), Promise.resolve(7))).resolves.toBe(7);
    await expect(withDeadline(within(50), Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect([getEventListeners(caller.signal, 'abort').length, jest.getTimerCount()]).toEqual([0, 0]);
  });

  it('fails at the deadline, or when the caller leaves', async () => {
    const late = withDeadline(within(50), NEVER);
    jest.advanceTimersByTime(50);
    await expect(late).rejects.toMatchObject({ reason: 'deadline_passed' });
    const gone = withDeadline(within(50), NEVER);
    caller.abort();
    await expect(gone).rejects.toMatchObject({ reason: 'caller_gone' });
  });
});
