/**
 * What a gateway would refuse now, known from what it has just refused: reading, passing on and refusing five times the
 * peak took a fifth of the two cores that the orders needed.
 */
import type { IncomingMessage } from 'node:http';

/** The gateway's word that it has no place for a request of this class; it says when to come again in Retry-After. */
const REFUSED_BY_THE_GATE = 'seams-refused-class';
/** What makes a request unlike others of its path: labs let some in as another class. */
const LAB_PREFIX = 'seams-';

/**
 * A place may have become free without a word to us: its answer is read here a moment before the gateway counts it as
 * ended. So that nobody is kept out of an empty gateway, one request goes through this often.
 */
const KEPT_MS_MAX = 50;
/** Paths with ids in them are many; whoever floods a gateway with different ones is refused by it, not here. */
const KEPT_MAX = 64;

/** Requests that are refused alike: of one method and path. A longer path may be of another class, or no route. */
export function likeOf({ method = 'GET', url = '', headers }: IncomingMessage): string | undefined {
  for (const name in headers) if (name.startsWith(LAB_PREFIX)) return undefined;
  return `${method} ${url.split('?', 1)[0]}`;
}

/** The Retry-After of a refusal for want of a place, undefined for any other answer. */
export const refusalIn = ({ statusCode, headers }: IncomingMessage): string | undefined =>
  statusCode === 503 && headers[REFUSED_BY_THE_GATE] !== undefined ? (headers['retry-after'] ?? '1') : undefined;

/**
 * Of one gateway. It refuses a class as long as too many requests are in flight there, so what it refused it refuses
 * until one of them ends: then all is forgotten, and the next request asks.
 */
export class Refusals {
  readonly #kept = new Map<string, { readonly retryAfter: string; readonly until: number }>();

  /** The Retry-After that it would give, undefined when it may take the request. */
  of(like: string | undefined, now: number): string | undefined {
    const refusal = like === undefined ? undefined : this.#kept.get(like);
    return refusal && now < refusal.until ? refusal.retryAfter : undefined;
  }

  keep(like: string | undefined, retryAfter: string, now: number): void {
    if (like === undefined || (this.#kept.size >= KEPT_MAX && !this.#kept.has(like))) return;
    this.#kept.set(like, { retryAfter, until: now + KEPT_MS_MAX });
  }

  forget(): void {
    this.#kept.clear();
  }
}
