import { type CallContext, Failure } from '@seams/call';
import type { Policy } from '@seams/resilience';
import { get, type Silence } from './ops-http-client.ts';

/** What did the processes write about a request? */
export interface Logs {
  ofTrace(ctx: CallContext, request: { readonly traceId: string; readonly fromMs: number }): Promise<object>;
}

const SILENCE: Silence = { unavailable: 'logs_unavailable', tooSlow: 'logs_unavailable', who: 'The watcher' };
const NONE = "This system's logs are kept elsewhere: ask the platform's log store for the trace id.";

/** On one machine the watcher reads the files; a cluster's platform collects what its pods write, and knows it alone. */
export const logsOver = (url: string | undefined, policy: Policy): Logs => ({
  ofTrace: (ctx, { traceId, fromMs }) =>
    policy.run(ctx, { repeatable: true }, async (attempt) => {
      if (url === undefined) throw new Failure('unavailable', SILENCE.unavailable, NONE);
      const { status, text } = await get(attempt, `${url}/logs?trace=${traceId}&from=${fromMs}`, SILENCE);
      if (status === 200) return JSON.parse(text) as object;
      throw new Failure('unavailable', SILENCE.unavailable, 'The log files cannot be read.');
    }),
});
