import { describe, expect, it } from '@jest/globals';
import { TokenBuckets } from './token-buckets.ts';

const limits = { perSecond: 10, burst: 3, bucketsMax: 100 };

describe('a token bucket', () => {
  it('gives its burst at once, then what fills in, and says when to come again', () => {
    const buckets = new TokenBuckets(limits);
    expect([1, 2, 3, 4].map(() => buckets.take('ada', 0))).toEqual([0, 0, 0, 100]);
    expect(buckets.take('ada', 50)).toBe(50);
    expect(buckets.take('ada', 100)).toBe(0);
    expect(buckets.take('ada', 100)).toBe(100);
    expect(buckets.refused).toBe(3);
  });

  it('never holds more than its burst', () => {
    const buckets = new TokenBuckets(limits);
    buckets.take('ada', 0);
    expect([1, 2, 3, 4].map(() => buckets.take('ada', 60_000))).toEqual([0, 0, 0, 100]);
  });

  it('is one’s own', () => {
    const buckets = new TokenBuckets(limits);
    for (let asked = 0; asked < 5; asked++) buckets.take('ada', 0);
    expect(buckets.take('ben', 0)).toBe(0);
  });

  it('refuses a customer at a steady rate above the limit down to the limit', () => {
    const buckets = new TokenBuckets(limits);
    let taken = 0;
    for (let now = 0; now < 10_000; now += 20) if (buckets.take('ada', now) === 0) taken += 1;
    expect(taken).toBeGreaterThanOrEqual(100);
    expect(taken).toBeLessThanOrEqual(103);
  });
});

describe('the memory for them', () => {
  it('is bounded while a million names pass', () => {
    const buckets = new TokenBuckets(limits);
    for (let name = 0; name < 1_000_000; name++) buckets.take(String(name), 0);
    expect(buckets.size).toBe(limits.bucketsMax);
  });

  it('is given back when they are full again', () => {
    const buckets = new TokenBuckets(limits);
    for (let name = 0; name < 50; name++) buckets.take(String(name), 0);
    for (let now = 1_000; now < 51_000; now += 1_000) buckets.take('ada', now);
    expect(buckets.size).toBe(1);
  });

  it('keeps whoever goes on asking', () => {
    const buckets = new TokenBuckets(limits);
    for (let asked = 0; asked < 4; asked++) buckets.take('ada', 0);
    for (let name = 0; name < 500; name++) {
      buckets.take(String(name), 0);
      if (name % 50 === 0) buckets.take('ada', 0);
    }
    expect(buckets.take('ada', 0)).toBeGreaterThan(0);
  });
});
