/**
 * One audit at a time, and nobody gets a verdict whose reading began before the question: "was anything lost, as of now"
 * is not answered by what was read a moment ago. Who asks while an audit runs gets the next one, together with all who
 * ask meanwhile. So at most one runs and one is due, however many ask.
 */

/** Resolves with the report as JSON. Rejects with NotDone, and only once nothing of it runs any longer. */
export type Audit = (waitS: number, signal: AbortSignal) => Promise<string>;

/** The question was not answered, and why. `status` and `reason` are those of the gateway's answer. */
export class NotDone extends Error {
  readonly status: 503 | 504;
  readonly reason: 'audit_unavailable' | 'audit_not_done' | 'audit_too_slow';

  constructor(status: NotDone['status'], reason: NotDone['reason'], message: string) {
    super(message);
    this.status = status;
    this.reason = reason;
  }
}

interface Caller {
  readonly waitS: number;
  readonly answer: PromiseWithResolvers<string>;
}

class Flight {
  readonly callers = new Set<Caller>();
  readonly abort = new AbortController();

  end(settle: (caller: Caller) => void): void {
    for (const caller of this.callers) settle(caller);
    this.callers.clear();
  }

  /** The longest that one of them asks for: more patience than asked for finds no less, but less would call late lost. */
  get waitS(): number {
    return Math.max(...[...this.callers].map(({ waitS }) => waitS));
  }
}

export class Flights {
  readonly #audit: Audit;
  #running: Flight | undefined;
  #due: Flight | undefined;
  #idle: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(audit: Audit) {
    this.#audit = audit;
  }

  /** `gone` fires when this caller waits no longer; when all have gone, their audit ends. */
  ask(waitS: number, gone: AbortSignal): Promise<string> {
    if (this.#stopped) return Promise.reject(draining());
    const caller: Caller = { waitS, answer: Promise.withResolvers() };
    const flight = (this.#due ??= new Flight());
    flight.callers.add(caller);
    gone.addEventListener('abort', () => this.#leave(flight, caller), { once: true });
    if (!this.#running) this.#idle = this.#fly();
    return caller.answer.promise;
  }

  /** Ends what runs, refuses what is due. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const flight of [this.#due, this.#running]) {
      flight?.end(({ answer }) => answer.reject(draining()));
      flight?.abort.abort();
    }
    this.#due = undefined;
    await this.#idle;
  }

  async #fly(): Promise<void> {
    for (let flight = this.#due; flight; flight = this.#due) {
      this.#due = undefined;
      this.#running = flight;
      try {
        const report = await this.#audit(flight.waitS, flight.abort.signal);
        flight.end(({ answer }) => answer.resolve(report));
      } catch (error) {
        flight.end(({ answer }) => answer.reject(error));
      }
      this.#running = undefined;
    }
  }

  #leave(flight: Flight, caller: Caller): void {
    if (!flight.callers.delete(caller)) return; // answered already
    caller.answer.reject(new NotDone(503, 'audit_unavailable', 'The caller went away.'));
    if (flight.callers.size > 0) return;
    flight.abort.abort();
    if (this.#due === flight) this.#due = undefined;
  }
}

const draining = (): NotDone => new NotDone(503, 'audit_unavailable', 'The auditor is shutting down.');
