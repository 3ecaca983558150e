import { describe, expect, it } from '@jest/globals';
import { SingleFlight } from './single-flight.ts';

function scene() {
  const loads: PromiseWithResolvers<number>[] = [];
  const load = (): Promise<number> => {
    const begun = Promise.withResolvers<number>();
    loads.push(begun);
    return begun.promise;
  };
  return { loads, load, flights: new SingleFlight<number>() };
}

describe('a single flight', () => {
  it('is joined while it runs, by key', async () => {
    const { flights, load, loads } = scene();
    const [a, joined, b] = [flights.share('a', load), flights.share('a', load), flights.share('b', load)];
    expect(loads).toHaveLength(2);
    loads[0]?.resolve(1);
    loads[1]?.resolve(2);
    expect(await Promise.all([a, joined, b])).toEqual([1, 1, 2]);
    void flights.share('a', load);
    expect(loads).toHaveLength(3);
  });

  it('fails for all who joined it, and the next one begins anew', async () => {
    const { flights, load, loads } = scene();
    const both = [flights.share('a', load), flights.share('a', load)];
    loads[0]?.reject(new Error('broken'));
    for (const one of both) await expect(one).rejects.toThrow('broken');
    const again = flights.share('a', load);
    loads[1]?.resolve(7);
    expect(await again).toBe(7);
  });

  it.each(['resolve', 'reject'] as const)('of the next kind begins after the running one: %s', async (how) => {
    const { flights, load, loads } = scene();
    const running = flights.shareNext('a', load);
    const next = [flights.shareNext('a', load), flights.shareNext('a', load)];
    expect(loads).toHaveLength(1);
    if (how === 'resolve') loads[0]?.resolve(1);
    else loads[0]?.reject(new Error('broken'));
    await running.catch(() => undefined);
    await new Promise(setImmediate);
    expect(loads).toHaveLength(2);
    loads[1]?.resolve(2);
    expect(await Promise.all(next)).toEqual([2, 2]);
    void flights.shareNext('a', load);
    expect(loads).toHaveLength(3);
  });
});
