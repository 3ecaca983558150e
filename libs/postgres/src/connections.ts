import { type CallContext, Failure, onEnd, throwIfOver } from '@seams/call';
import type { Logger } from '@seams/telemetry';
import pg, { type PoolClient } from 'pg';
import { failureOf } from './failure.ts';

/** The connections of one process to one database. */
export interface Connections {
  /** A free connection; fails with database_busy at the deadline, with database_down when the database can't be reached. */
  acquire(ctx: CallContext): Promise<PoolClient>;
  /** Gives it back; a broken one is closed, and replaced when one is needed. */
  release(client: PoolClient, broken: boolean): void;
  close(): Promise<void>;
}

interface Limits {
  /** Bounds connecting alone, not the wait for a free connection. */
  readonly connectMsMax: number;
  readonly log: Logger;
}

interface Waiter {
  admit(): void;
  fail(failure: Failure): void;
}

export function openConnections(config: pg.PoolConfig & { max: number }, { connectMsMax, log }: Limits): Connections {
  const pool = new pg.Pool({ ...config, connectionTimeoutMillis: connectMsMax });
  // A connection that breaks says so to its user, and is replaced at the next use. It also emits an error, which ends
  // the process when nobody listens: the pool does for idle ones, the second listener does for those in use.
  pool.on('error', (error) => log.warn({ error: error.message }, 'an idle database connection broke'));
  pool.on('connect', (client) => {
    client.on('error', (error) => log.warn({ error: error.message }, 'a database connection broke'));
  });
  return new QueuedPool(pool, config.max);
}

/**
 * pg-pool behind a queue of our own, for pg-pool's connectionTimeoutMillis bounds the wait for a free connection like the
 * connecting: a caller behind a busy pool would hear after a second that the database can't be reached. So the pool is asked only
 * when one of its connections is free or not yet made, and never queues.
 */
class QueuedPool implements Connections {
  readonly #pool: pg.Pool;
  readonly #waiting = new Set<Waiter>();
  #free: number;
  #inUse = 0;

  constructor(pool: pg.Pool, connectionsMax: number) {
    this.#pool = pool;
    this.#free = connectionsMax;
  }

  async acquire(ctx: CallContext): Promise<PoolClient> {
    throwIfOver(ctx);
    await this.#slot(ctx);
    return this.#connect(ctx);
  }

  release(client: PoolClient, broken: boolean): void {
    client.release(broken);
    this.#inUse -= 1;
    this.#freeSlot();
  }

  close(): Promise<void> {
    return this.#pool.end();
  }

  #slot(ctx: CallContext): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const settle = (how: () => void): void => {
        this.#waiting.delete(waiter);
        stopTiming();
        how();
      };
      const waiter: Waiter = {
        admit: () => settle(resolve),
        fail: (failure) => settle(() => reject(failure)),
      };
      const stopTiming = onEnd(ctx, (why) => waiter.fail(busyOr(why)));
      this.#waiting.add(waiter);
    });
  }

  #freeSlot(): void {
    const [first] = this.#waiting;
    if (first) first.admit();
    else this.#free += 1;
  }

  #connect(ctx: CallContext): Promise<PoolClient> {
    return new Promise((resolve, reject) => {
      let gaveUp = false;
      const stopTiming = onEnd(ctx, (why) => {
        gaveUp = true;
        reject(busyOr(why));
      });
      this.#pool.connect().then(
        (client) => {
          stopTiming();
          this.#inUse += 1;
          if (gaveUp) this.release(client, false);
          else resolve(client);
        },
        (error: unknown) => {
          stopTiming();
          const failure = failureOf(error);
          // No connection works, so none will come free: those who wait have the same answer now.
          if (this.#inUse === 0) for (const waiter of this.#waiting) waiter.fail(failure);
          this.#freeSlot();
          reject(failure);
        },
      );
    });
  }
}

/** A caller whose deadline passes while it waits was not served, and nothing of its work has begun. */
const busyOr = (why: Failure): Failure => (why.kind === 'timed_out' ? busy() : why);

const busy = (): Failure =>
  new Failure('unavailable', 'database_busy', 'No database connection came free before the deadline.');
