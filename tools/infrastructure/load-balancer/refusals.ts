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
 * How long a gateway stays full without a word from it: its last request may have ended a moment before it counted that. Then
 * requests go through again, and the first refusal closes the door anew.
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

interface Kept {
  readonly retryAfter: string;
  /** Requests that have ended since, less those that went in their place. */
  places: number;
  until: number;
}

/**
 * Of one gateway. It refuses a class as long as too many requests are in flight there, so from a refusal on one goes in for
 * each that comes out, and the gateway stays as full as it was without refusing again. What it refuses all the same
 * (something dearer took the place) has no place until the next one ends.
 */
export class Refusals {
  readonly #kept = new Map<string, Kept>();

  /** The Retry-After that it would give, undefined when it may take the request. */
  of(like: string | undefined, now: number): string | undefined {
    const kept = this.#of(like, now);
    return kept && kept.places === 0 ? kept.retryAfter : undefined;
  }

  /** A request is sent there. */
  sent(like: string | undefined, now: number): void {
    const kept = this.#of(like, now);
    if (kept && kept.places > 0) kept.places -= 1;
  }

  refused(like: string | undefined, retryAfter: string, now: number): void {
    if (like === undefined || (this.#kept.size >= KEPT_MAX && !this.#kept.has(like))) return;
    this.#kept.set(like, { retryAfter, places: 0, until: now + KEPT_MS_MAX });
  }

  /** One that was not refused has its answer, or its client has gone. */
  ended(now: number): void {
    for (const [like, kept] of this.#kept) {
      if (now >= kept.until) this.#kept.delete(like);
      else {
        kept.places += 1;
        kept.until = now + KEPT_MS_MAX;
      }
    }
  }

  #of(like: string | undefined, now: number): Kept | undefined {
    const kept = like === undefined ? undefined : this.#kept.get(like);
    return kept && now < kept.until ? kept : undefined;
  }
}
