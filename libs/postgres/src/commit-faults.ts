import { type CallContext, crash, Failure, pause } from '@seams/call';
import { faultFired } from '@seams/telemetry';

/**
 * Commits, or does to the COMMIT what the request's fault plan says of `<database>.commit`:
 *
 *   drop-reply     committed, but the connection is gone before the reply: the oldest seam there is
 *   drop-request   the connection is gone before the COMMIT: Postgres rolls back; it looks the same from here
 *   delay:800      committed that much later, with every lock held meanwhile
 *   error:conflict   rolled back, fails with that kind
 *   crash          committed, and then this process ends as by kill -9
 *   duplicate      a second COMMIT, of nothing
 *
 * Both dropped ones end in an error that is no database's, so the connection is thrown away like one that broke.
 */
export async function commitWithFaults(
  ctx: CallContext,
  operation: string,
  commit: () => Promise<void>,
): Promise<void> {
  const action = ctx.faults?.strike(operation);
  if (!action) return commit();

  faultFired(operation, action);
  switch (action.kind) {
    case 'delay':
      await pause(ctx, action.ms);
      return commit();
    case 'error':
      throw new Failure(action.failure, 'injected_fault', 'A lab made this commit fail.');
    case 'drop-request':
      throw connectionLost();
    case 'drop-reply':
      await commit();
      throw connectionLost();
    case 'crash':
      await commit();
      return crash();
    case 'duplicate':
      await commit();
      return commit();
    default:
      return action satisfies never;
  }
}

/** As pg says it (pg 8.23.1, client.js). */
const connectionLost = (): Error => new Error('Connection terminated unexpectedly');
