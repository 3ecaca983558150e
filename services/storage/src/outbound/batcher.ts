import { type CallContext, Failure, onEnd, throwIfOver } from '@seams/call';

/** One caller's part in a batch. */
export interface Member<Item, Result> {
  readonly ctx: CallContext;
  readonly item: Item;
  readonly waitedMs: number;
  /** Gives the caller its result. Once the caller's deadline has passed, `result` is not called. */
  settle(result: () => Promise<Result>): void;
}

export interface BatcherOptions<Item, Result> {
  /** Items in one batch. */
  readonly sizeMax: number;
  /** Batches that run at once. Items that arrive meanwhile make the next batch. */
  readonly atOnceMax: number;
  /** Two items of one key are never in the same batch. */
  keyOf(item: Item): string;
  /** Does the work of all members and settles each, at once or later. It resolves when the next batch may begin, and never rejects. */
  run(batch: readonly Member<Item, Result>[]): Promise<void>;
}

/**
 * Batches items that wait at the same time, without a timer: an item that finds no batch running goes at once, alone. Each caller has
 * its own deadline. A caller that leaves the queue is never sent; after that it fails in time too, and the work goes on for the others.
 */
export function batched<Item, Result>(
  options: BatcherOptions<Item, Result>,
): (ctx: CallContext, item: Item) => Promise<Result> {
  const { sizeMax, atOnceMax, keyOf, run } = options;
  let queue: Queued<Item, Result>[] = [];
  let running = 0;
  let isScheduled = false;

  const begin = (): void => {
    isScheduled = false;
    while (running < atOnceMax && queue.length > 0) {
      const { batch, rest } = nextBatch(queue, sizeMax, keyOf);
      queue = rest;
      running += 1;
      void run(batch.map((one) => one.dequeue())).finally(() => {
        running -= 1;
        schedule();
      });
    }
  };
  // One turn later, so that requests of one packet are in the same batch.
  const schedule = (): void => {
    if (isScheduled || queue.length === 0 || running >= atOnceMax) return;
    isScheduled = true;
    setImmediate(begin);
  };

  return async (ctx, item) => {
    throwIfOver(ctx);
    const queued = new Queued<Item, Result>(ctx, item, (one) => {
      queue = queue.filter((other) => other !== one);
    });
    queue.push(queued);
    schedule();
    return queued.result;
  };
}

/** The first items of the queue with different keys, and the rest in its order. */
function nextBatch<Item, Result>(
  queue: readonly Queued<Item, Result>[],
  sizeMax: number,
  keyOf: (item: Item) => string,
): { batch: Queued<Item, Result>[]; rest: Queued<Item, Result>[] } {
  const keys = new Set<string>();
  const rest: Queued<Item, Result>[] = [];
  const batch = queue.filter((one) => {
    const key = keyOf(one.item);
    if (keys.size < sizeMax && !keys.has(key)) return keys.add(key);
    rest.push(one);
    return false;
  });
  return { batch, rest };
}

/** One caller, until its result, its deadline, or its leaving. */
class Queued<Item, Result> {
  readonly ctx: CallContext;
  readonly item: Item;
  readonly #since = performance.now();
  readonly #settled = Promise.withResolvers<Result>();
  readonly #dispose: () => void;
  readonly #remove: (one: Queued<Item, Result>) => void;
  #isQueued = true;
  #isOver = false;

  constructor(ctx: CallContext, item: Item, remove: (one: Queued<Item, Result>) => void) {
    this.ctx = ctx;
    this.item = item;
    this.#remove = remove;
    this.#dispose = onEnd(ctx, (why) => this.#end(why));
  }

  get result(): Promise<Result> {
    return this.#settled.promise;
  }

  dequeue(): Member<Item, Result> {
    this.#isQueued = false;
    const { ctx, item } = this;
    const settle = (result: () => Promise<Result>): void => {
      if (this.#isOver) return;
      this.#dispose();
      this.#settled.resolve(result());
    };
    return { ctx, item, waitedMs: performance.now() - this.#since, settle };
  }

  /** What was never sent is certainly not done. Once it was sent, the outcome is unknown until the work ends. */
  #end(why: Failure): void {
    this.#isOver = true;
    const neverSent = this.#isQueued && why.kind === 'timed_out';
    if (this.#isQueued) this.#remove(this);
    this.#settled.reject(neverSent ? busy() : why);
  }
}

const busy = (): Failure => new Failure('unavailable', 'database_busy', 'The database has too much to do.');
