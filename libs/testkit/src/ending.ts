import { type CallContext, Failure, rootContext } from '@seams/call';

/** "kind/reason" of the failure that a call ends with, or "ok". Anything else that is thrown goes on. */
export async function endingOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'ok';
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return `${error.kind}/${error.reason}`;
  }
}

/** The context of a caller who waits that long. */
export const within = (atMostMs: number, signal: AbortSignal = new AbortController().signal): CallContext =>
  rootContext({ atMostMs, signal });
