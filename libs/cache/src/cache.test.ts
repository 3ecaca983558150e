import { describe, expect, it } from '@jest/globals';
import { Cache } from './cache.ts';

function scene(entriesMax = 2) {
  let now = 0; // the clock's first millisecond: lru-cache's own ttl would never end there
  const cache = new Cache<string>({ entriesMax, monotonicMs: () => now });
  return {
    cache,
    later: (ms: number) => {
      now += ms;
    },
  };
}

describe('a cache', () => {
  it('gives a value with its age until it has reached the age that the reader accepts', () => {
    const { cache, later } = scene();
    cache.set('a', 'x', 0);
    later(99);
    expect(cache.get('a', 100)).toEqual({ value: 'x', ageMs: 99 });
    later(1);
    expect(cache.get('a', 100)).toBeUndefined();
    expect(cache.get('a', 101)).toEqual({ value: 'x', ageMs: 100 }); // another reader accepts more
    expect(cache.get('a', 0)).toBeUndefined();
  });

  it('counts the age from the question, not from the answer', () => {
    const { cache, later } = scene();
    later(60);
    cache.set('a', 'x', 10);
    expect(cache.get('a', 100)?.ageMs).toBe(50);
  });

  it('evicts the least recently used entry', () => {
    const { cache } = scene(2);
    cache.set('a', 'x', 0);
    cache.set('b', 'y', 0);
    cache.get('a', 1);
    cache.set('c', 'z', 0);
    expect(['a', 'b', 'c'].map((key) => cache.get(key, 1)?.value)).toEqual(['x', undefined, 'z']);
  });

  it('forgets what is deleted', () => {
    const { cache } = scene();
    cache.set('a', 'x', 0);
    cache.delete('a');
    expect(cache.get('a', 1)).toBeUndefined();
  });
});
