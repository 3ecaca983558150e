import { CircuitState, type IBreaker } from 'cockatiel';

export interface FailureShareLimits {
  readonly windowMs: number;
  /** Opens when more than this share of the window's calls failed. */
  readonly sharePercentMax: number;
  /** Fewer calls in the window say nothing. */
  readonly callsMin: number;
}

interface Slice {
  readonly number: number;
  calls: number;
  failures: number;
}

const SLICES = 5;

/**
 * Opens by the share of failed calls in a sliding window of five slices, as cockatiel's SamplingBreaker does, but on a monotonic
 * clock: SamplingBreaker stops to forget while the wall clock is behind where it was.
 */
export class FailureShare implements IBreaker {
  state: unknown = undefined;
  readonly #limits: FailureShareLimits;
  #slices: Slice[] = [];

  constructor(limits: FailureShareLimits) {
    this.#limits = limits;
  }

  success(state: CircuitState): void {
    // A probe went well: what failed before the outage ended says nothing any more.
    if (state === CircuitState.HalfOpen) this.#slices = [];
    this.#current().calls++;
  }

  failure(state: CircuitState): boolean {
    const slice = this.#current();
    slice.calls++;
    slice.failures++;
    if (state !== CircuitState.Closed) return true;

    const total = (count: (one: Slice) => number): number => this.#slices.reduce((sum, one) => sum + count(one), 0);
    const calls = total((one) => one.calls);
    if (calls < this.#limits.callsMin) return false;
    return total((one) => one.failures) * 100 > calls * this.#limits.sharePercentMax;
  }

  #current(): Slice {
    const number = Math.floor((performance.now() * SLICES) / this.#limits.windowMs);
    const last = this.#slices.at(-1);
    if (last?.number === number) return last;
    const next = { number, calls: 0, failures: 0 };
    this.#slices = [...this.#slices.filter((one) => number - one.number < SLICES), next];
    return next;
  }
}
