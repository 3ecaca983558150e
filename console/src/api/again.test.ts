import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { again } from './again.ts';

const EVER_MS = 10_000;

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

describe('what looks again', () => {
  it('does so at once, later or never, as each look says', async () => {
    const [waits, at]: [number[], number[]] = [[0, 300, 1_000], []];
    const beganAt = Date.now();
    again(async () => {
      at.push(Date.now() - beganAt);
      return waits.shift();
    });
    await jest.advanceTimersByTimeAsync(EVER_MS);
    expect(at).toEqual([0, 0, 300, 1_300]);
  });

  it.each([0, 299])('looks no more once it is ended, %d ms into a wait of 300', async (ms) => {
    let looks = 0;
    const end = again(async () => {
      looks += 1;
      return 300;
    });
    await jest.advanceTimersByTimeAsync(ms);
    end();
    await jest.advanceTimersByTimeAsync(EVER_MS);
    expect(looks).toBe(1);
  });

  it('aborts the look that is under way, and does not mind that it fails', async () => {
    const aborted = jest.fn();
    const end = again(
      (over) =>
        new Promise((_, reject) => {
          over.addEventListener('abort', () => {
            aborted();
            reject(over.reason);
          });
        }),
    );
    end();
    await jest.advanceTimersByTimeAsync(EVER_MS);
    expect(aborted).toHaveBeenCalledTimes(1);
  });
});
