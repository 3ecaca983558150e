/** What a check asks, of how many things, and what it found. */

export interface Breach {
  /** What to look for in the stores: an order's, event's, transfer's, item's or customer's id, or a key. */
  readonly id: string;
  readonly what: string;
}

export interface Question {
  /** The things, as a reader would count them: "orders", "keys that were answered with a refusal". */
  readonly looksAt: string;
  readonly lookedAt: number;
  readonly breachesTotal: number;
  /** The first of them. */
  readonly breaches: readonly Breach[];
  /** Things that the system was asked for and did not answer: nothing is known of them, good or bad. */
  readonly unanswered?: { readonly things: number; readonly why: string };
  /** What was left out, and why. */
  readonly note?: string;
}

/** A breach is read by a person, and after ten of a kind the eleventh says nothing new. */
export const BREACHES_SHOWN_MAX = 10;

/** Counts everything, keeps the first few. */
export class Finding {
  #lookedAt = 0;
  #total = 0;
  #breaches: Breach[] = [];
  #unanswered: Question['unanswered'];
  readonly #looksAt: string;
  constructor(looksAt: string) {
    this.#looksAt = looksAt;
  }

  looked(count = 1): void {
    this.#lookedAt += count;
  }

  breach(id: string, what: string): void {
    this.#total++;
    if (this.#breaches.length < BREACHES_SHOWN_MAX) this.#breaches.push({ id, what });
  }

  /** The first reason is kept. */
  unanswered(why: string, things = 1): void {
    this.#unanswered = { things: (this.#unanswered?.things ?? 0) + things, why: this.#unanswered?.why ?? why };
  }

  question(note?: string): Question {
    return {
      looksAt: this.#looksAt,
      lookedAt: this.#lookedAt,
      breachesTotal: this.#total,
      breaches: this.#breaches,
      ...(this.#unanswered === undefined ? {} : { unanswered: this.#unanswered }),
      ...(note === undefined ? {} : { note }),
    };
  }
}

/** Said instead of asked: nothing was looked at, and that is no fault. */
export const notGiven = (looksAt: string, note: string): Question => ({
  looksAt,
  lookedAt: 0,
  breachesTotal: 0,
  breaches: [],
  note,
});
