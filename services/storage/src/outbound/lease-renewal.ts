import { type CallContext, monotonicMs, rootContext } from '@seams/call';
import type { Logger } from '@seams/telemetry';
import type { Lease } from '../outbox/outbox-store.ts';

export interface LeaseRenewalOptions {
  readonly everyMs: number;
  /** No renewal after that: the lease of a stuck process must expire. */
  readonly atMostMs: number;
  readonly log: Logger;
  renew(ctx: CallContext, lease: Lease): Promise<boolean>;
}

/**
 * Renews the lease while work under it runs. A frozen process renews nothing. A process that waits for a slow Kafka must renew, or the
 * replicas would fence each other in turn and publish nothing.
 */
export const renewingLease =
  ({ everyMs, atMostMs, log, renew }: LeaseRenewalOptions) =>
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
