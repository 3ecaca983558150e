/**
 * How often one customer, or one address, may ask. A bucket for each holds tokens up to `burst`, fills by `perSecond`, and
 * each request takes one. Kept in this process alone: with two gateways behind the load balancer one may ask twice as
 * often, and for a shared count each request would have to wait for one more part that can be down.
 */
export interface BucketLimits {
  readonly perSecond: number;
  /** What may come at once after a pause. */
  readonly burst: number;
  /** Buckets kept; the one that was asked longest ago goes first, and is full when it comes back. */
  readonly bucketsMax: number;
}

interface Bucket {
  tokens: number;
  /** When `tokens` was right. */
  at: number;
}

export class TokenBuckets {
  readonly #limits: BucketLimits;
  /** By the last request, the oldest first. */
  readonly #buckets = new Map<string, Bucket>();
  #refused = 0;

  constructor(limits: BucketLimits) {
    this.#limits = limits;
  }

  /** Takes a token. @returns 0, or how many milliseconds until there is one */
  take(name: string, now: number): number {
    const { perSecond, burst } = this.#limits;
    const known = this.#buckets.get(name);
    const tokens = known ? Math.min(burst, known.tokens + ((now - known.at) / 1_000) * perSecond) : burst;
    this.#buckets.delete(name);
    this.#buckets.set(name, { tokens: tokens >= 1 ? tokens - 1 : tokens, at: now });
    this.#forget(now);
    if (tokens >= 1) return 0;
    this.#refused += 1;
    return Math.ceil(((1 - tokens) / perSecond) * 1_000);
  }

  /** Buckets kept now. */
  get size(): number {
    return this.#buckets.size;
  }

  /** Since the start. */
  get refused(): number {
    return this.#refused;
  }

  /** Two at most, so that no request pays for all: one more goes than comes. What is full again is as good as none. */
  #forget(now: number): void {
    const { perSecond, burst, bucketsMax } = this.#limits;
    for (let looked = 0; looked < 2; looked++) {
      const [oldest] = this.#buckets;
      if (!oldest) return;
      const [name, { tokens, at }] = oldest;
      const isFull = tokens + ((now - at) / 1_000) * perSecond >= burst;
      if (!isFull && this.#buckets.size <= bucketsMax) return;
      this.#buckets.delete(name);
    }
  }
}
