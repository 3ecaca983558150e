import { type CallContext, Failure, remainingMs } from '@seams/call';
import type { Cafe, Menu } from '@seams/contracts';
import type { Storage } from './storage.ts';

/** `staleMs` 0 is as of the question; else storage could not be asked, and this is what it said so long ago. */
export interface Read<T> {
  readonly value: T;
  readonly staleMs: number;
}

export interface Menus {
  readCafes(ctx: CallContext): Promise<Read<Cafe[]>>;
  /** Undefined when there is no such café. */
  readMenu(ctx: CallContext, cafeId: string): Promise<Read<Menu | undefined>>;
  /** For an order: as storage has it, or had it `keptMsMax` ago. Nothing is sold at a price of yesterday. */
  readPrices(ctx: CallContext, cafeId: string): Promise<Prices>;
}

export interface Prices {
  readonly menu: Menu | undefined;
  /** Read before this was asked: what says yes by it is right, what says no may be so no longer. */
  readonly kept: boolean;
}

export interface LastMenusLimits {
  readonly ageMsMax: number;
  /** How old the prices may be at which an order is decided; 0 reads them for each. */
  readonly keptMsMax: number;
  monotonicMs(): number;
}

/**
 * How long a reader waits for storage who could have what was read before. A read takes 5 ms; a second is a busy machine,
 * and leaves as much for the way back.
 */
const PATIENCE_MS = 1_000;
/** Some 10 KB each. */
const MENUS_MAX = 256;

/**
 * Menus are read from storage each time, for they show what is left: whoever has just ordered sees it. Readers of one menu
 * share a read, but only one that begins after they asked. What was read last stands in when storage cannot be asked.
 *
 * An order needs names and prices only, for what is left storage itself counts at the commit; so it is decided by what was
 * read within the last second (`kept` of the arrow in topology.ts), and saves a call, the fifth of what it costs.
 */
export function lastMenus(storage: Storage, limits: LastMenusLimits): Menus {
  const cafes = new LastRead<Cafe[]>((ctx) => storage.readCafes(ctx), limits);
  const menus = new LastRead<Menu | undefined>(storage.readMenu, limits);
  return {
    readCafes: (ctx) => cafes.read(ctx, ''),
    readMenu: (ctx, cafeId) => menus.read(ctx, cafeId),
    readPrices: async (ctx, cafeId) => {
      const last = isOfALab(ctx) ? undefined : menus.within(limits.keptMsMax, cafeId);
      return last ? { menu: last, kept: true } : { menu: await menus.readOnce(ctx, cafeId), kept: false };
    },
  };
}

type ReadOne<T> = (ctx: CallContext, name: string) => Promise<T>;

class LastRead<T> {
  readonly #readOne: ReadOne<T>;
  readonly #limits: LastMenusLimits;
  readonly #kept = new Map<string, { readonly value: T; readonly at: number }>();
  readonly #running = new Map<string, Promise<T>>();
  readonly #due = new Map<string, Promise<T>>();

  constructor(readOne: ReadOne<T>, limits: LastMenusLimits) {
    this.#readOne = readOne;
    this.#limits = limits;
  }

  async read(ctx: CallContext, name: string): Promise<Read<T>> {
    const patient = remainingMs(ctx) >= PATIENCE_MS;
    try {
      return { value: await this.#fresh(ctx, name), staleMs: 0 };
    } catch (thrown) {
      const { kind } = Failure.from(thrown);
      const last = this.#last(name);
      if (!last || ctx.signal.aborted) throw thrown;
      if (kind !== 'unavailable' && kind !== 'overloaded' && !(kind === 'timed_out' && patient)) throw thrown;
      return { value: last.value, staleMs: Math.max(1, this.#limits.monotonicMs() - last.at) };
    }
  }

  /** What was read within this time. */
  within(ms: number, name: string): T | undefined {
    const last = this.#kept.get(name);
    return last && this.#limits.monotonicMs() - last.at < ms ? last.value : undefined;
  }

  /** By a read that is under way, or one of its own. */
  readOnce(ctx: CallContext, name: string): Promise<T> {
    const reading = readsAlone(ctx) ? this.#begin(ctx, name) : (this.#running.get(name) ?? this.#fly(ctx, name));
    return within(ctx, remainingMs(ctx), reading);
  }

  /** As of when it was asked for. What does not exist is not kept: a stranger could name no end of it. */
  #keep(name: string, value: T, at: number): T {
    this.#kept.delete(name); // the newest stands last
    if (value === undefined) return value;
    this.#kept.set(name, { value, at });
    if (this.#kept.size > MENUS_MAX) this.#kept.delete(this.#kept.keys().next().value as string);
    return value;
  }

  #last(name: string): { readonly value: T; readonly at: number } | undefined {
    const last = this.#kept.get(name);
    return last && this.#limits.monotonicMs() - last.at <= this.#limits.ageMsMax ? last : undefined;
  }

  #fresh(ctx: CallContext, name: string): Promise<T> {
    const reading = readsAlone(ctx) ? this.#begin(ctx, name) : this.#join(ctx, name);
    return within(ctx, this.#last(name) ? PATIENCE_MS : remainingMs(ctx), reading);
  }

  #join(ctx: CallContext, name: string): Promise<T> {
    const running = this.#running.get(name);
    if (!running) return this.#fly(ctx, name);
    const due =
      this.#due.get(name) ??
      settled(running).then(() => {
        this.#due.delete(name);
        return this.#running.get(name) ?? this.#fly(ctx, name); // that one began after all who are due had asked
      });
    this.#due.set(name, due);
    return due;
  }

  /** Under the deadline of who came first; when he leaves, the others stay, so his leaving does not end it. */
  #fly({ deadlineAt }: CallContext, name: string): Promise<T> {
    const flight = this.#begin({ deadlineAt, signal: NOBODY_LEAVES }, name).finally(() => {
      if (this.#running.get(name) === flight) this.#running.delete(name);
    });
    this.#running.set(name, flight);
    return flight;
  }

  async #begin(ctx: CallContext, name: string): Promise<T> {
    const at = this.#limits.monotonicMs();
    return this.#keep(name, await this.#readOne(ctx, name), at);
  }
}

/**
 * What a lab does to a request must strike this request and no other, so it reads alone. So does who has little time:
 * others would share its short deadline.
 */
const readsAlone = (ctx: CallContext): boolean => isOfALab(ctx) || remainingMs(ctx) < PATIENCE_MS;

const isOfALab = ({ faults, without }: CallContext): boolean => faults !== undefined || without !== undefined;

const NOBODY_LEAVES = new AbortController().signal;

const settled = (promise: Promise<unknown>): Promise<void> =>
  promise.then(
    () => undefined,
    () => undefined,
  );

/** The answer of `reading`, unless the reader leaves or has waited long enough; the reading itself goes on. */
function within<T>(ctx: CallContext, atMostMs: number, reading: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const gone = (): void => reject(new Failure('cancelled', 'caller_gone', 'The caller went away.'));
    const late = setTimeout(
      () => reject(new Failure('timed_out', 'deadline_passed', 'No answer came in time.', { at: 'storage' })),
      Math.min(atMostMs, remainingMs(ctx)),
    );
    ctx.signal.addEventListener('abort', gone, { once: true });
    reading.then(resolve, reject).finally(() => {
      clearTimeout(late);
      ctx.signal.removeEventListener('abort', gone);
    });
  });
}
