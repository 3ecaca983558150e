import { LRUCache } from 'lru-cache';

export interface Cached<V> {
  readonly value: V;
  readonly ageMs: number;
}

export interface CacheOptions {
  /** With one entry more, the least recently used one is evicted. */
  readonly entriesMax: number;
  /** A clock that a step of the wall clock does not move. */
  monotonicMs(): number;
}

/**
 * An LRU cache whose reader says how old a value may be: the same entry is fresh for a second and stale-if-error for ten minutes.
 * lru-cache's own ttl is one per entry, and takes an entry of the clock's first millisecond for one without ttl.
 */
export class Cache<V> {
  readonly #entries: LRUCache<string, { readonly value: V; readonly readAt: number }>;
  readonly #monotonicMs: () => number;

  constructor({ entriesMax, monotonicMs }: CacheOptions) {
    this.#entries = new LRUCache({ max: entriesMax });
    this.#monotonicMs = monotonicMs;
  }

  /** @param maxAgeMs the age, in milliseconds, that the value has not reached yet */
  get(key: string, maxAgeMs: number): Cached<V> | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    const ageMs = this.#monotonicMs() - entry.readAt;
    return ageMs < maxAgeMs ? { value: entry.value, ageMs } : undefined;
  }

  /** @param readAt when the value was asked for: an answer is as old as its question */
  set(key: string, value: V, readAt: number): void {
    this.#entries.set(key, { value, readAt });
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }
}
