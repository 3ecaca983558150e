import { setTimeout as sleep } from 'node:timers/promises';

/** The pause between two rounds of work in the background: ended early by a stop alone, and no reason to stay alive. */
export async function rest(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal, ref: false });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
