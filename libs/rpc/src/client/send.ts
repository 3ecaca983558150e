import { type Client, Metadata, type ServiceError } from '@grpc/grpc-js';
import { type CallContext, labHeadersOf } from '@seams/call';
import { activeCarrier } from '@seams/telemetry';
import { failureOf } from '../failure-status.ts';
import type { Unary } from './channel.ts';

/** One attempt, without a span of its own. */
export function send(client: Client, method: Unary, ctx: CallContext, request: unknown): Promise<unknown> {
  const metadata = new Metadata();
  for (const [key, value] of Object.entries({ ...activeCarrier(), ...labHeadersOf(ctx) })) metadata.set(key, value);

  return new Promise((resolve, reject) => {
    const unary = withoutStacks(() =>
      client.makeUnaryRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        request,
        metadata,
        { deadline: ctx.deadlineAt },
        (error: ServiceError | null, reply?: unknown) => {
          ctx.signal.removeEventListener('abort', giveUp); // a long request would collect these otherwise
          if (error) reject(failureOf(error, ctx.signal.aborted));
          else resolve(reply);
        },
      ),
    );
    const giveUp = (): void => unary.cancel();
    ctx.signal.addEventListener('abort', giveUp, { once: true });
  });
}

/**
 * grpc-js notes for each call where it came from, in case that it fails: 6 per cent of what a call costs, for a stack that
 * ends in this file. A failure of ours has its own.
 */
function withoutStacks<T>(work: () => T): T {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return work();
  } finally {
    Error.stackTraceLimit = limit;
  }
}
