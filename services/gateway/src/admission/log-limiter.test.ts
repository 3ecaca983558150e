import { describe, expect, it } from '@jest/globals';
import { LogLimiter } from './log-limiter.ts';

describe('a log limiter', () => {
  it('lets one line a second pass for each name, with how many events it stands for', () => {
    const limiter = new LogLimiter();
    const at = (now: number, name = 'order'): number => limiter.count(name, now);
    expect([at(0), at(10), at(999), at(1_000), at(1_001), at(5_000)]).toEqual([1, 0, 0, 3, 0, 2]);
    expect(at(5_001, 'read')).toBe(1);
  });
});
