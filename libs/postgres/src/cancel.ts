import { connect } from 'node:net';
import { type CallContext, onEnd } from '@seams/call';
import type { Logger } from '@seams/telemetry';
import { DatabaseError, type PoolClient } from 'pg';
import type { Seen } from './metrics.ts';

/** A connection while somebody has it. */
export interface Session {
  readonly client: PoolClient;
  readonly log: Logger;
  readonly seen: Seen;
  /** Whether it can no longer be trusted to be idle and whole: then nobody else gets it. */
  broken: boolean;
}

/** The server was asked to end a statement and says nothing: it is frozen, or far away. */
export class NoAnswerError extends Error {}

// A living server ends a statement in milliseconds. Longer than this nobody waits for one that is silent.
const ANSWER_MS_MAX = 200;
const CANCEL_MS_MAX = 1_000;

/**
 * Runs a statement, and has Postgres end it when nobody wants its answer any longer: at the deadline and, unless what it
 * does is to be kept (`whenGone`), as soon as the caller is gone.
 *
 * The request travels on a connection of its own, so it may come late, and then it would hit whatever this connection does
 * next. So the connection is given to nobody else, unless the statement ended by saying that it was cancelled: then
 * the one request that there was is used up. In doubt it is thrown away, for some milliseconds of connecting anew, and
 * Postgres rolls back what it loses.
 */
export async function endingInTime<T>(
  session: Session,
  ctx: CallContext,
  statement: () => Promise<T>,
  whenGone: 'cancel' | 'finish',
): Promise<T> {
  const silent = Promise.withResolvers<never>();
  let answerBy: NodeJS.Timeout | undefined;
  const giveUp = (): void => {
    if (answerBy) return;
    session.broken = true;
    answerBy = setTimeout(() => silent.reject(new NoAnswerError('no answer to a cancel request')), ANSWER_MS_MAX);
    requestCancel(session.client).catch((error: unknown) =>
      session.log.warn({ error: String(error) }, 'a statement could not be cancelled; its connection is thrown away'),
    );
  };
  const dispose = onEnd(whenGone === 'cancel' ? ctx : { ...ctx, signal: NEVER_ABORTED }, giveUp);
  try {
    return await Promise.race([statement(), silent.promise]);
  } catch (error) {
    if (answerBy && wasCancelled(error)) session.broken = false;
    throw error;
  } finally {
    dispose();
    clearTimeout(answerBy);
  }
}

const NEVER_ABORTED = new AbortController().signal;

/** query_canceled by a request; a statement_timeout has the same code, and would leave our request unused. */
const wasCancelled = (error: unknown): boolean =>
  error instanceof DatabaseError && error.code === '57014' && error.message === CANCELLED;
const CANCELLED = 'canceling statement due to user request';

/** The server's fields that @types/pg does not name (pg 8.23.1, client.js). */
interface Backend {
  readonly host: string;
  readonly port: number;
  readonly processID: number;
  readonly secretKey: number;
}

const CANCEL_REQUEST_CODE = 80_877_102;

/**
 * CancelRequest of the wire protocol (PostgreSQL 18, 54.2.9): a connection with 16 bytes, which needs no login and no slot,
 * so it works when every connection is taken; pg_cancel_backend() would need one of them. It asks for no TLS, as libpq's
 * PQcancel never did. The server answers nothing and closes.
 */
function requestCancel(client: PoolClient): Promise<void> {
  const { host, port, processID, secretKey } = client as unknown as Backend;
  const request = Buffer.alloc(16);
  for (const [at, value] of [request.length, CANCEL_REQUEST_CODE, processID, secretKey].entries())
    request.writeInt32BE(value, at * 4);
  return new Promise((resolve, reject) => {
    const socket = connect(host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port });
    socket.setTimeout(CANCEL_MS_MAX, () => socket.destroy(new Error('the server does not take the request')));
    socket.once('error', reject);
    socket.once('close', () => resolve());
    socket.resume().end(request);
  });
}
