import type { MethodDefinition } from '@grpc/proto-loader';
import { type CallContext, throwIfOver } from '@seams/call';
import { deadlineOf, inSpan, SpanKind } from '@seams/telemetry';
import { withFailover } from '../balancing/failover.ts';
import { sendWithFaults } from '../faults/inject-faults.ts';
import { operationOf } from '../server/answer.ts';
import type { Channel, Unary } from './channel.ts';

/** The unary methods of a generated service definition as functions that give up with their context. */
export type Caller<Definition> = {
  readonly [Method in Methods<Definition>]: Definition[Method] extends MethodDefinition<
    infer Input,
    infer _1,
    infer _2,
    infer Output
  >
    ? (ctx: CallContext, request: Input) => Promise<Output>
    : never;
};

/** A definition extends an index signature; these are the names that it really has. */
export type Methods<Definition> = keyof {
  [Name in keyof Definition as string extends Name ? never : number extends Name ? never : Name]: true;
} &
  keyof Definition;

/** What is true of each call of a caller. */
export interface CallsOptions<Method = never> {
  /** A call that runs twice has the effect of one. Then a call whose connection broke is sent again (failover.ts). */
  readonly repeatable?: boolean;
  /** Methods whose calls share a stream, and a message with other calls of the same turn (batching-client.ts). */
  readonly batched?: readonly Method[];
}

/** Calls of one service over a channel. Each fails only with a Failure and never outlives its context. */
export function callerOf<Definition extends object>(
  definition: Definition,
  channel: Channel,
  { batched = [], ...options }: CallsOptions<Methods<Definition>> = {},
): Caller<Definition> {
  const methods = definition as unknown as Record<string, Unary>;
  const calls = Object.entries(methods).map(([name, method]) => [
    name,
    (ctx: CallContext, request: unknown) =>
      call({ channel, method, batched: (batched as readonly string[]).includes(name), ...options }, ctx, request),
  ]);
  return Object.fromEntries(calls) as Caller<Definition>;
}

interface Called {
  readonly channel: Channel;
  readonly method: Unary;
  readonly batched: boolean;
  readonly repeatable?: boolean;
}

function call({ channel, method, batched, repeatable }: Called, ctx: CallContext, request: unknown): Promise<unknown> {
  throwIfOver(ctx);
  const attributes = {
    'rpc.system': channel.system,
    'rpc.method': method.path.slice(1),
    'server.address': channel.callee,
    ...deadlineOf(ctx),
  };
  const operation = operationOf(channel.callee, method.path);
  // A lab's request is not batched, so that its faults strike no other call.
  const alone = !batched || ctx.faults !== undefined || ctx.without !== undefined;
  const send = (): Promise<unknown> =>
    alone ? channel.send(method, ctx, request) : channel.sendBatched(method, ctx, request);
  return inSpan(method.path.slice(1), { kind: SpanKind.CLIENT, attributes }, () =>
    sendWithFaults(ctx, operation, () => (repeatable ? withFailover(ctx, send) : send())),
  );
}
