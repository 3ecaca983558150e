/**
 * What a gateway would refuse now, known from what it has just refused: reading, passing on and refusing five times the
 * peak took a fifth of the two cores that the orders needed.
 */
import type { IncomingMessage } from 'node:http';

/** The gateway's word that it has no place for a request of this class, and below how many it has one: "order;below=21". */
const REFUSED_BY_THE_GATE = 'seams-refused-class';
/** What makes a request unlike others of its path: labs let some in as another class. */
const LAB_PREFIX = 'seams-';

/**
 * Then requests go through again, and the first refusal says anew below how many there is a place. Shorter than a gateway lets
 * only orders in after it had to refuse one (gate.ts): it is to hear that there are too many yet.
 */
const KEPT_MS_MAX = 250;
/** Paths with ids in them are many; whoever floods a gateway with different ones is refused by it, not here. */
const KEPT_MAX = 64;

/** Requests that are refused alike: of one method and path. A longer path may be of another class, or no route. */
export function likeOf({ method = 'GET', url = '', headers }: IncomingMessage): string | undefined {
  for (const name in headers) if (name.startsWith(LAB_PREFIX)) return undefined;
  return `${method} ${url.split('?', 1)[0]}`;
}

export interface Refusal {
  readonly retryAfter: string;
  /** The gateway takes the like while fewer than so many requests are under way there; 0: none for now. */
  readonly below: number;
}

/** What a gateway says that has no place for a request of this class, undefined for any other answer. */
export function refusalIn({ statusCode, headers }: IncomingMessage): Refusal | undefined {
  const [, below] = /^[a-z]+;below=(\d{1,4})$/.exec(String(headers[REFUSED_BY_THE_GATE])) ?? [];
  return statusCode === 503 && below !== undefined
    ? { retryAfter: headers['retry-after'] ?? '1', below: Number(below) }
    : undefined;
}

/**
 * Of one gateway. It refuses a class as long as too many requests are under way there, and how many are is known here,
 * where all of them come from: so it is kept exactly as full as it would be, without a refusal.
 */
export class Refusals {
  readonly #kept = new Map<string, Refusal & { readonly until: number }>();

  /** The Retry-After that it would give with so many under way, undefined when it may take the request. */
  of(like: string | undefined, underWay: number, now: number): string | undefined {
    const kept = like === undefined ? undefined : this.#kept.get(like);
    return kept && now < kept.until && underWay >= kept.below ? kept.retryAfter : undefined;
  }

  refused(like: string | undefined, refusal: Refusal, now: number): void {
    if (like === undefined) return;
    if (this.#kept.size >= KEPT_MAX) this.#forget(now);
    if (this.#kept.size < KEPT_MAX || this.#kept.has(like))
      this.#kept.set(like, { ...refusal, until: now + KEPT_MS_MAX });
  }

  #forget(now: number): void {
    for (const [like, { until }] of this.#kept) if (now >= until) this.#kept.delete(like);
  }
}
