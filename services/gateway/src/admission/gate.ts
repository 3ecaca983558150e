/**
 * How many requests are worked on at once, and who goes first when there are too many. There is no queue: whoever is not
 * let in is told at once, while an answer costs nearly nothing. (cockatiel's bulkhead has one limit for all alike.)
 */

/**
 * How much it hurts to refuse it, the dearest first:
 * - `pay`: the customer's money is on its way.
 * - `order`: what the cafés live on.
 * - `session`: register, login, refresh. Below orders, for who has a token is nearer to paying, and a storm of logins
 *   (each a password hash) must not push out what is being ordered. Above reads, for who logs in wants to order.
 * - `read`: menus, orders, the wallet; can be asked again.
 * - `analytics`: nobody waits at a counter for it. Whoever asks: who that is would cost a call to auth.
 */
export const CRITICALITIES = ['pay', 'order', 'session', 'read', 'analytics'] as const;
export type Criticality = (typeof CRITICALITIES)[number];

interface Priority {
  /** Let in while fewer than this share of the limit are in flight, requests of all classes counted. */
  readonly share: number;
  /** For who is refused: the less it matters, the later it comes back. */
  readonly retryAfterS: number;
}

export const PRIORITIES: Readonly<Record<Criticality, Priority>> = {
  pay: { share: 1, retryAfterS: 1 },
  order: { share: 0.9, retryAfterS: 1 },
  session: { share: 0.75, retryAfterS: 2 },
  read: { share: 0.6, retryAfterS: 2 },
  analytics: { share: 0.4, retryAfterS: 5 },
};

const ESSENTIAL: ReadonlySet<Criticality> = new Set(['pay', 'order']);
/**
 * So long after one of these had to be refused nothing else is let in. Answers come many at once, and what they leave free for
 * some milliseconds is for the next of these, not for a menu that comes by then. It is longer than the load balancer
 * refuses orders by itself, so in an overload it does not end between two of its questions.
 */
const ESSENTIAL_ALONE_MS = 500;

/** The smallest limit in which each class has a place of its own: below it two shares round to the same number. */
export const IN_FLIGHT_MIN = 10;

export type Counts = Readonly<Record<Criticality, number>>;

export class Gate {
  readonly #limits: Counts;
  readonly #inFlight: Record<Criticality, number> = none();
  readonly #refused: Record<Criticality, number> = none();
  readonly #admitted: Record<Criticality, number> = none();
  #total = 0;
  #essentialRefusedAt = Number.NEGATIVE_INFINITY;

  constructor(inFlightMax: number) {
    const limits = CRITICALITIES.map((criticality) => [
      criticality,
      Math.floor(inFlightMax * PRIORITIES[criticality].share),
    ]);
    this.#limits = Object.fromEntries(limits) as Counts;
  }

  /** Whether the request may go on; then it must be released. `now` is performance.now(). */
  tryAcquire(criticality: Criticality, now: number): boolean {
    if (this.#total >= this.limitFor(criticality, now)) {
      this.#refused[criticality] += 1;
      if (ESSENTIAL.has(criticality)) this.#essentialRefusedAt = now;
      return false;
    }
    this.#inFlight[criticality] += 1;
    this.#admitted[criticality] += 1;
    this.#total += 1;
    return true;
  }

  release(criticality: Criticality): void {
    this.#inFlight[criticality] -= 1;
    this.#total -= 1;
  }

  /** The class is let in while fewer than these are in flight; 0 while it is not let in at all. */
  limitFor(criticality: Criticality, now: number): number {
    const alone = now - this.#essentialRefusedAt < ESSENTIAL_ALONE_MS;
    return alone && !ESSENTIAL.has(criticality) ? 0 : this.#limits[criticality];
  }

  get inFlight(): Counts {
    return this.#inFlight;
  }

  /** Since the start. */
  get admitted(): Counts {
    return this.#admitted;
  }

  /** Since the start. */
  get refused(): Counts {
    return this.#refused;
  }
}

const none = (): Record<Criticality, number> => ({ pay: 0, order: 0, session: 0, read: 0, analytics: 0 });
