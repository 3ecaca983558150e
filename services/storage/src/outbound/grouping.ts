import { type CallContext, Failure, onEnd, throwIfOver } from '@seams/call';

/** One caller's part in a group. */
export interface Member<Item, Answer> {
  readonly ctx: CallContext;
  readonly item: Item;
  readonly waitedMs: number;
  /** Gives its answer, unless it is over: then nothing is called for it. */
  settle(answer: () => Promise<Answer>): void;
}

export interface GroupingOptions<Item, Answer> {
  /** In one group at most. */
  readonly sizeMax: number;
  /** Groups under way at once; whoever comes meanwhile waits for one to end, and that makes the next group. */
  readonly atOnceMax: number;
  /** Two of one name are never in the same group. */
  nameOf(item: Item): string;
  /** Does the work of all and settles each, at once or later. It ends when the next group may begin, and never fails. */
  send(group: readonly Member<Item, Answer>[]): Promise<void>;
}

/**
 * Callers that wait at the same time share one round of work. Nobody waits for a group to fill: when the work is idle a
 * caller goes at once, alone. Each has its own deadline: whoever is over while it waits leaves and is never sent; after
 * that it gets its failure in time all the same, though the work goes on for the others.
 */
export function grouped<Item, Answer>(
  options: GroupingOptions<Item, Answer>,
): (ctx: CallContext, item: Item) => Promise<Answer> {
  const { sizeMax, atOnceMax, nameOf, send } = options;
  let queue: Queued<Item, Answer>[] = [];
  let underWay = 0;
  let due = false;

  const next = (): void => {
    due = false;
    while (underWay < atOnceMax && queue.length > 0) {
      const { group, left } = taken(queue, sizeMax, nameOf);
      queue = left;
      underWay += 1;
      void send(group.map((one) => one.leave())).finally(() => {
        underWay -= 1;
        soon();
      });
    }
  };
  // One turn later, so that those whose requests came with the same packet are in the same group.
  const soon = (): void => {
    if (due || queue.length === 0 || underWay >= atOnceMax) return;
    due = true;
    setImmediate(next);
  };

  return async (ctx, item) => {
    throwIfOver(ctx);
    const waiting = new Queued<Item, Answer>(ctx, item, (one) => {
      queue = queue.filter((other) => other !== one);
    });
    queue.push(waiting);
    soon();
    return waiting.answer;
  };
}

/** The first of the queue whose names differ, and who is left, in their order. */
function taken<Item, Answer>(
  queue: readonly Queued<Item, Answer>[],
  sizeMax: number,
  nameOf: (item: Item) => string,
): { group: Queued<Item, Answer>[]; left: Queued<Item, Answer>[] } {
  const names = new Set<string>();
  const left: Queued<Item, Answer>[] = [];
  const group = queue.filter((one) => {
    const name = nameOf(one.item);
    if (names.size < sizeMax && !names.has(name)) return names.add(name);
    left.push(one);
    return false;
  });
  return { group, left };
}

/** One caller, until its answer or until it is over. */
class Queued<Item, Answer> {
  readonly ctx: CallContext;
  readonly item: Item;
  readonly #since = performance.now();
  readonly #settled = Promise.withResolvers<Answer>();
  readonly #dispose: () => void;
  readonly #forget: (one: Queued<Item, Answer>) => void;
  #inQueue = true;
  #over = false;

  constructor(ctx: CallContext, item: Item, forget: (one: Queued<Item, Answer>) => void) {
    this.ctx = ctx;
    this.item = item;
    this.#forget = forget;
    this.#dispose = onEnd(ctx, (why) => this.#end(why));
  }

  get answer(): Promise<Answer> {
    return this.#settled.promise;
  }

  /** Out of the queue, into a group. */
  leave(): Member<Item, Answer> {
    this.#inQueue = false;
    const { ctx, item } = this;
    const settle = (answer: () => Promise<Answer>): void => {
      if (this.#over) return;
      this.#dispose();
      this.#settled.resolve(answer());
    };
    return { ctx, item, waitedMs: performance.now() - this.#since, settle };
  }

  /** What was not sent is certainly not done; once it is, nobody knows until the work ends. */
  #end(why: Failure): void {
    this.#over = true;
    const neverSent = this.#inQueue && why.kind === 'timed_out';
    if (this.#inQueue) this.#forget(this);
    this.#settled.reject(neverSent ? busy() : why);
  }
}

const busy = (): Failure => new Failure('unavailable', 'database_busy', 'The database has too much to do.');
