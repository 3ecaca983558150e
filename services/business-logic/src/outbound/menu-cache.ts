import { Cache, SingleFlight } from '@seams/cache';
import { type CallContext, Failure, remainingMs, withDeadline } from '@seams/call';
import type { Cafe, Menu } from '@seams/contracts';
import type { Storage } from './storage.ts';

/** `staleMs` 0: as of the question. Else storage could not be asked, and this is its answer of so long ago. */
export interface Read<T> {
  readonly value: T;
  readonly staleMs: number;
}

export interface Menus {
  readCafes(ctx: CallContext): Promise<Read<Cafe[]>>;
  /** Undefined when there is no such café. */
  readMenu(ctx: CallContext, cafeId: string): Promise<Read<Menu | undefined>>;
  /** For an order: not older than the cache's ttl, and never stale-if-error. Nothing is sold at a price of yesterday. */
  readPrices(ctx: CallContext, cafeId: string): Promise<Prices>;
}

export interface Prices {
  readonly menu: Menu | undefined;
  /** Safe for accepting an order, never for refusing one: a new item may be missing. */
  readonly cached: boolean;
}

export interface MenuCacheOptions {
  /** How old the prices may be by which an order is decided; 0 reads them for each order. */
  readonly ttlMs: number;
  /** How old a menu may be that stands in when storage can't be asked. */
  readonly staleMsMax: number;
  monotonicMs(): number;
}

/**
 * How long a reader waits for storage when a stale menu could stand in. A read takes 5 ms; a second is a busy machine, and leaves as
 * much time for the way back.
 */
const PATIENCE_MS = 1_000;
/** Some 10 KB each. */
const ENTRIES_MAX = 256;

/**
 * Menus are read from storage each time, because they show stock: a customer who has just ordered must see it. Readers of one menu
 * share a read that begins after they asked. When storage can't be asked, the last menu stands in (stale-if-error).
 *
 * An order needs names and prices alone, because storage itself checks stock at the commit. So it is decided by a menu that is up to
 * one ttl old (`cache` of the arrow in topology.ts), which saves the fifth call of an order.
 */
export function cachedMenus(storage: Storage, options: MenuCacheOptions): Menus {
  const cafes = new ReadThrough<Cafe[]>((ctx) => storage.readCafes(ctx), options);
  const menus = new ReadThrough<Menu | undefined>(storage.readMenu, options);
  return {
    readCafes: (ctx) => cafes.read(ctx, ''),
    readMenu: (ctx, cafeId) => menus.read(ctx, cafeId),
    readPrices: async (ctx, cafeId) => {
      const cached = isOfALab(ctx) ? undefined : menus.cached(cafeId);
      return cached ? { menu: cached, cached: true } : { menu: await menus.readShared(ctx, cafeId), cached: false };
    },
  };
}

type Load<T> = (ctx: CallContext, key: string) => Promise<T>;

class ReadThrough<T> {
  readonly #load: Load<T>;
  readonly #options: MenuCacheOptions;
  readonly #cache: Cache<T>;
  readonly #flights = new SingleFlight<T>();

  constructor(load: Load<T>, options: MenuCacheOptions) {
    this.#load = load;
    this.#options = options;
    this.#cache = new Cache({ entriesMax: ENTRIES_MAX, monotonicMs: options.monotonicMs });
  }

  async read(ctx: CallContext, key: string): Promise<Read<T>> {
    const isPatient = remainingMs(ctx) >= PATIENCE_MS;
    try {
      return { value: await this.#readNext(ctx, key), staleMs: 0 };
    } catch (thrown) {
      const { kind } = Failure.from(thrown);
      const stale = this.#stale(key);
      if (!stale || ctx.signal.aborted) throw thrown;
      if (kind !== 'unavailable' && kind !== 'overloaded' && !(kind === 'timed_out' && isPatient)) throw thrown;
      return { value: stale.value, staleMs: Math.max(1, stale.ageMs) };
    }
  }

  cached(key: string): T | undefined {
    return this.#cache.get(key, this.#options.ttlMs)?.value;
  }

  /** Joins a read that is running, or begins one. */
  readShared(ctx: CallContext, key: string): Promise<T> {
    const read = readsAlone(ctx)
      ? this.#readThrough(ctx, key)
      : this.#flights.share(key, () => this.#readForAll(ctx, key));
    return inTime(ctx, read);
  }

  #readNext(ctx: CallContext, key: string): Promise<T> {
    const read = readsAlone(ctx)
      ? this.#readThrough(ctx, key)
      : this.#flights.shareNext(key, () => this.#readForAll(ctx, key));
    const sparedMs = this.#stale(key) ? Math.max(0, remainingMs(ctx) - PATIENCE_MS) : 0;
    return inTime({ ...ctx, deadlineAt: ctx.deadlineAt - sparedMs }, read);
  }

  #stale(key: string): ReturnType<Cache<T>['get']> {
    return this.#cache.get(key, this.#options.staleMsMax);
  }

  /** Under the deadline of the first caller. When that caller leaves, others still wait, so leaving does not end the read. */
  #readForAll({ deadlineAt }: CallContext, key: string): Promise<T> {
    return this.#readThrough({ deadlineAt, signal: NEVER_ABORTED }, key);
  }

  /** A café that does not exist is not cached: a stranger could name any number of them. */
  async #readThrough(ctx: CallContext, key: string): Promise<T> {
    const readAt = this.#options.monotonicMs();
    const value = await this.#load(ctx, key);
    if (value === undefined) this.#cache.delete(key);
    else this.#cache.set(key, value, readAt);
    return value;
  }
}

/** A lab's fault must strike this request and no other. A caller with little time would give the others its short deadline. */
const readsAlone = (ctx: CallContext): boolean => isOfALab(ctx) || remainingMs(ctx) < PATIENCE_MS;

const isOfALab = ({ faults, without }: CallContext): boolean => faults !== undefined || without !== undefined;

const NEVER_ABORTED = new AbortController().signal;

const inTime = <T>(ctx: CallContext, read: Promise<T>): Promise<T> =>
  withDeadline(ctx, read).catch((thrown: unknown) => {
    const failure = Failure.from(thrown);
    throw failure.kind === 'timed_out' ? failure.of('storage') : thrown;
  });
