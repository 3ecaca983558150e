import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY_MS = 50;

/**
 * Waits for a condition, not for a time: looks again until `look` gives something, and fails with what it said last.
 * @param atMostMs how long something may take that works; only a broken system waits that long
 */
export async function eventually<T>(look: () => Promise<T> | T, atMostMs = 10_000): Promise<T> {
  const until = performance.now() + atMostMs;
  for (;;) {
    try {
      return await look();
    } catch (error) {
      if (performance.now() >= until) throw error;
    }
    await sleep(LOOK_EVERY_MS);
  }
}
