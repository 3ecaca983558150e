import type { CallContext } from '@seams/call';

/** The default timeout of many a client: a minute, counted anew at each hop. */
const TIMEOUT_MS = 60_000;

/** A context of its own, which knows nothing of whoever asked: not until when they wait, not that they went away. */
export const withoutDeadline = (ctx: CallContext): CallContext => ({
  ...ctx,
  deadlineAt: Date.now() + TIMEOUT_MS,
  signal: new AbortController().signal,
});
