import { type CallContext, monotonicMs, rootContext } from '@seams/call';
import type { Logger } from '@seams/telemetry';
import type { Lease } from '../outbox/outbox-store.ts';

export interface KeepingOptions {
  readonly everyMs: number;
  /** From then on the lease runs out by itself: whoever is stuck for so long should not keep the others out. */
  readonly atMostMs: number;
  readonly log: Logger;
  renew(ctx: CallContext, lease: Lease): Promise<boolean>;
}

/**
 * Renews the lease while something under it takes its time. A process that is frozen renews nothing; one that waits for
 * a slow Kafka does, or each replica would shut the other out before it was done, in turns, and nothing be published.
 */
export const keepingLease =
  ({ everyMs, atMostMs, log, renew }: KeepingOptions) =>
  <Rest extends unknown[], T>(work: (lease: Lease, ...rest: Rest) => Promise<T>) =>
  async (lease: Lease, ...rest: Rest): Promise<T> => {
    const working = new AbortController();
    const ctx = rootContext({ atMostMs, signal: working.signal });
    const endsAt = monotonicMs() + atMostMs;
    const timer = setInterval(() => {
      if (monotonicMs() > endsAt) return clearInterval(timer);
      renew(ctx, lease).catch((error: unknown) => {
        if (!working.signal.aborted) log.warn({ error: String(error) }, 'the lease was not renewed');
      });
    }, everyMs);
    try {
      return await work(lease, ...rest);
    } finally {
      clearInterval(timer);
      working.abort();
    }
  };
