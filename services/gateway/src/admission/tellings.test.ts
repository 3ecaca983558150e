import { describe, expect, it } from '@jest/globals';
import { Tellings } from './tellings.ts';

describe('what happens often', () => {
  it('is told once a second for each name, with its number', () => {
    const tellings = new Tellings();
    const at = (now: number, name = 'order'): number => tellings.due(name, now);
    expect([at(0), at(10), at(999), at(1_000), at(1_001), at(5_000)]).toEqual([1, 0, 0, 3, 0, 2]);
    expect(at(5_001, 'read')).toBe(1);
  });
});
