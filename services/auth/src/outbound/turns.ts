import { type CallContext, Failure, throwIfOver } from '@seams/call';

export interface Turns {
  /** Runs `work` when it is its turn, in the order of coming. */
  take<T>(ctx: CallContext, work: () => Promise<T>): Promise<T>;
}

/**
 * A few at once, a bounded queue behind them, and a refusal for the rest: what waits longer than its caller does is
 * work for nobody.
 *
 * @throws Failure overloaded/`reason` when the queue is full; timed_out or cancelled when its turn comes too late
 */
export function openTurns(limits: {
  readonly atOnceMax: number;
  readonly waitingMax: number;
  readonly reason: string;
}): Turns {
  let running = 0;
  const waiting: (() => void)[] = [];

  const enter = async (): Promise<void> => {
    if (running < limits.atOnceMax) {
      running += 1;
      return;
    }
    if (waiting.length >= limits.waitingMax) throw new Failure('overloaded', limits.reason);
    // Whoever leaves hands over its place, so nobody who comes between can take it.
    await new Promise<void>((resolve) => waiting.push(resolve));
  };
  const leave = (): void => {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  };

  return {
    take: async (ctx, work) => {
      await enter();
      try {
        throwIfOver(ctx);
        return await work();
      } finally {
        leave();
      }
    },
  };
}
