import { describe, expect, it } from '@jest/globals';
import { rootContext } from '@seams/call';
import { passwordBulkhead, type RunHash } from './password-bulkhead.ts';

const waiting = () => rootContext({ atMostMs: 10_000, signal: new AbortController().signal });
const left = () => rootContext({ atMostMs: 10_000, signal: AbortSignal.abort() });

function openWork(runHash: RunHash) {
  const log: string[] = [];
  const gates = new Map<string, PromiseWithResolvers<void>>();
  const start = (name: string, ctx = waiting()): Promise<string> => {
    const gate = Promise.withResolvers<void>();
    gates.set(name, gate);
    return runHash(ctx, async () => {
      log.push(`${name} begins`);
      await gate.promise;
      log.push(`${name} ends`);
      return name;
    });
  };
  return { log, start, finish: (name: string) => gates.get(name)?.resolve() };
}

describe('the bulkhead of password hashes', () => {
  it('runs a few, queues a few in their order, and refuses the next', async () => {
    const { log, start, finish } = openWork(passwordBulkhead({ atOnceMax: 1, queueMax: 2 }));
    const [a, b, c] = [start('a'), start('b'), start('c')];
    await expect(start('d')).rejects.toMatchObject({ kind: 'overloaded', reason: 'too_many_logins' });
    for (const name of ['b', 'a', 'c']) finish(name);
    await expect(Promise.all([a, b, c])).resolves.toEqual(['a', 'b', 'c']);
    expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });

  it('skips a caller that has left the queue', async () => {
    const { log, start, finish } = openWork(passwordBulkhead({ atOnceMax: 1, queueMax: 2 }));
    const [a, gone, c] = [start('a'), start('gone', left()), start('c')];
    for (const name of ['a', 'c']) finish(name);
    await expect(gone).rejects.toMatchObject({ kind: 'cancelled' });
    await expect(Promise.all([a, c])).resolves.toEqual(['a', 'c']);
    expect(log).not.toContain('gone begins');
  });

  it('gives a place back when the work fails', async () => {
    const runHash = passwordBulkhead({ atOnceMax: 1, queueMax: 0 });
    const failing = () => runHash(waiting(), () => Promise.reject(new Error('no')));
    await expect(failing()).rejects.toThrow('no');
    await expect(failing()).rejects.toThrow('no');
    await expect(runHash(waiting(), async () => 'free')).resolves.toBe('free');
  });
});
