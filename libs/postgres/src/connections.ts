import { type CallContext, Failure, remainingMs, throwIfOver } from '@seams/call';
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

/**
 * pg-pool behind a queue of our own, for pg-pool's connectionTimeoutMillis bounds the wait for a free connection like the
 * connecting: a caller behind a busy pool would hear after a second that the database can't be reached. So the pool is asked only
 * when one of its connections is free or not yet made, and never queues.
 */
export function openConnections(config: pg.PoolConfig & { max: number }, { connectMsMax, log }: Limits): Connections {
  const pool = new pg.Pool({ ...config, connectionTimeoutMillis: connectMsMax });
  // A connection that breaks says so to its user, and is replaced at the next use. It also emits an error, which ends
  // the process when nobody listens: the pool does for idle ones, the second listener does for those in use.
  pool.on('error', (error) => log.warn({ error: error.message }, 'an idle database connection broke'));
  pool.on('connect', (client) => {
    client.on('error', (error) => log.warn({ error: error.message }, 'a database connection broke'));
  });

  const waiting = new Set<Waiter>();
  let free = config.max;
  let inUse = 0;

  const freeSlot = (): void => {
    const [first] = waiting;
    if (first) first.admit();
    else free += 1;
  };
  const slot = (ctx: CallContext): Promise<void> => {
    if (free > 0) {
      free -= 1;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const settle = (how: () => void): void => {
        waiting.delete(waiter);
        stopTiming();
        how();
      };
      const waiter: Waiter = {
        admit: () => settle(resolve),
        fail: (failure) => settle(() => reject(failure)),
      };
      const stopTiming = atEnd(ctx, (failure) => waiter.fail(failure));
      waiting.add(waiter);
    });
  };
  const connect = (ctx: CallContext): Promise<PoolClient> =>
    new Promise((resolve, reject) => {
      let gaveUp = false;
      const stopTiming = atEnd(ctx, (failure) => {
        gaveUp = true;
        reject(failure);
      });
      pool.connect().then(
        (client) => {
          stopTiming();
          if (!gaveUp) {
            inUse += 1;
            return resolve(client);
          }
          client.release();
          freeSlot();
        },
        (error: unknown) => {
          stopTiming();
          const failure = failureOf(error);
          // No connection works, so none will come free: those who wait have the same answer now.
          if (inUse === 0) for (const waiter of waiting) waiter.fail(failure);
          freeSlot();
          reject(failure);
        },
      );
    });

  return {
    acquire: async (ctx) => {
      throwIfOver(ctx);
      await slot(ctx);
      return connect(ctx);
    },
    release: (client, broken) => {
      client.release(broken);
      inUse -= 1;
      freeSlot();
    },
    close: () => pool.end(),
  };
}

/** Calls `end` once, at the deadline or when the caller goes. The function that it gives calls that off. */
function atEnd(ctx: CallContext, end: (failure: Failure) => void): () => void {
  const gone = (): void => stop(new Failure('cancelled', 'caller_gone', 'The caller went away.'));
  const stop = (failure?: Failure): void => {
    clearTimeout(timer);
    ctx.signal.removeEventListener('abort', gone);
    if (failure) end(failure);
  };
  const timer = setTimeout(() => stop(busy()), remainingMs(ctx));
  ctx.signal.addEventListener('abort', gone, { once: true });
  return () => stop();
}

const busy = (): Failure =>
  new Failure('unavailable', 'database_busy', 'No database connection came free before the deadline.');
