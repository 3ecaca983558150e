import { describe, expect, it } from '@jest/globals';
import { rootContext } from '@seams/call';
import { openTurns } from './turns.ts';

const waiting = () => rootContext({ atMostMs: 10_000, signal: new AbortController().signal });
const left = () => rootContext({ atMostMs: 10_000, signal: AbortSignal.abort() });

function openWork(turns: ReturnType<typeof openTurns>) {
  const log: string[] = [];
  const gates = new Map<string, PromiseWithResolvers<void>>();
  const start = (name: string, ctx = waiting()): Promise<string> => {
    const gate = Promise.withResolvers<void>();
    gates.set(name, gate);
    return turns.take(ctx, async () => {
      log.push(`${name} begins`);
      await gate.promise;
      log.push(`${name} ends`);
      return name;
    });
  };
  return { log, start, finish: (name: string) => gates.get(name)?.resolve() };
}

describe('turns', () => {
  it('lets so many run, so many wait in their order, and refuses the next', async () => {
    const { log, start, finish } = openWork(openTurns({ atOnceMax: 1, waitingMax: 2, reason: 'too_many' }));
    const [a, b, c] = [start('a'), start('b'), start('c')];
    await expect(start('d')).rejects.toMatchObject({ kind: 'overloaded', reason: 'too_many' });
    for (const name of ['b', 'a', 'c']) finish(name);
    await expect(Promise.all([a, b, c])).resolves.toEqual(['a', 'b', 'c']);
    expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });

  it('passes over whoever has gone, and does nothing for them', async () => {
    const { log, start, finish } = openWork(openTurns({ atOnceMax: 1, waitingMax: 2, reason: 'too_many' }));
    const [a, gone, c] = [start('a'), start('gone', left()), start('c')];
    for (const name of ['a', 'c']) finish(name);
    await expect(gone).rejects.toMatchObject({ kind: 'cancelled' });
    await expect(Promise.all([a, c])).resolves.toEqual(['a', 'c']);
    expect(log).not.toContain('gone begins');
  });

  it('gives a place back when the work fails', async () => {
    const turns = openTurns({ atOnceMax: 1, waitingMax: 0, reason: 'too_many' });
    const failing = () => turns.take(waiting(), () => Promise.reject(new Error('no')));
    await expect(failing()).rejects.toThrow('no');
    await expect(failing()).rejects.toThrow('no');
    await expect(turns.take(waiting(), async () => 'free')).resolves.toBe('free');
  });
});
