import { describe, expect, it } from '@jest/globals';
import type { Trace } from '../tools/order/trace.ts';
import { counts, type State, stored, world } from './stand-in.ts';

const QUEUE_MS = 56_000;

const strikes = (trace: Trace): boolean =>
  trace.spans.some(({ tags }) => tags.some(({ key }) => key === 'fault.action'));

describe('traces', () => {
  it('are waited for as long as their spans wait to be exported', async () => {
    const { traces, clock } = world([
      { at: 100, happens: counts(100, 0, 500) },
      { at: 100, happens: stored('a') },
      { at: 40_000, happens: stored('a', { 'fault.action': 'delay:1' }) },
      { at: 40_000, happens: counts(600, 0, 0) },
    ]);
    const seen = await (await traces).read(['a'], { complete: strikes });
    expect(seen.missing).toBeUndefined();
    expect(seen.traces.map(strikes)).toEqual([true]);
    expect(clock.now()).toBeLessThan(41_000);
  });

  it('that hold all that was delivered are seen, whatever was hoped for', async () => {
    const { traces, clock } = world([{ at: 0, happens: stored('a') }]);
    const seen = await (await traces).read(['a'], { complete: strikes });
    expect(seen).toMatchObject({ traces: [{ traceID: 'a' }], missing: undefined });
    expect(clock.now()).toBeLessThan(3_000);
  });

  it.each([
    ['spans that still wait', counts(100, 0, 500), 'storage-1 still has 500 spans to export', QUEUE_MS],
    ['spans that were lost', counts(100, 7, 0), 'storage-1 lost 7 spans', 0],
    ['a process that was restarted', counts(3, 0, 0, 2), 'storage-1 was restarted and lost its queue of spans', 0],
    [
      'a process that does not answer',
      (state: State) => void (state.processes = [{ name: 'storage-1', pid: 1, counts: undefined }]),
      'storage-1 does not answer',
      QUEUE_MS,
    ],
  ])('are not seen for %s', async (_, happens, why, afterMs) => {
    const { traces, clock } = world([
      { at: 0, happens: stored('b', { 'fault.action': 'delay:1' }) },
      { at: 0, happens: stored('a') },
      { at: 100, happens },
    ]);
    const seen = await (await traces).read(['a', 'b'], { complete: strikes });
    expect(seen).toMatchObject({ traces: [{ traceID: 'b' }], missing: `1 of 2 traces not seen whole (${why})` });
    expect(clock.now()).toBeGreaterThanOrEqual(afterMs);
    expect(clock.now()).toBeLessThan(afterMs + 5_000);
  });

  it('that the store forgot are not seen', async () => {
    const { missing } = await (await world().traces).read(['a']);
    expect(missing).toMatch(
      /^1 of 1 trace not seen whole \(all spans were delivered and the trace store does not have/,
    );
  });

  it('of work that goes on after the answer are given its time first', async () => {
    const { traces } = world([
      { at: 0, happens: stored('a') },
      { at: 9_000, happens: stored('a', { 'fault.action': 'delay:1' }) },
    ]);
    const seen = await (await traces).read(['a'], { complete: strikes, workMsMax: 10_000 });
    expect(seen.traces.map(strikes)).toEqual([true]);
  });
});
