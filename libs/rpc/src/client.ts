import { type Client, Metadata, type ServiceError } from '@grpc/grpc-js';
import type { MethodDefinition } from '@grpc/proto-loader';
import { type CallContext, labHeadersOf, throwIfOver } from '@seams/call';
import { activeCarrier, deadlineOf, inSpan, SpanKind } from '@seams/telemetry';
import { againElsewhere } from './again-elsewhere.ts';
import type { Channel } from './channel.ts';
import { failureOf } from './failure-status.ts';
import { sendWithFaults } from './inject-faults.ts';

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
export interface CallsOptions {
  /** That running one twice has the effect of once; then one whose connection broke is sent again (again-elsewhere.ts). */
  readonly repeatable?: boolean;
}

/** Calls of one service over a channel. Each fails only with a Failure and never outlives its context. */
export function callerOf<Definition extends object>(
  definition: Definition,
  channel: Channel,
  options: CallsOptions = {},
): Caller<Definition> {
  const methods = definition as unknown as Record<string, MethodDefinition<unknown, unknown, unknown, unknown>>;
  const calls = Object.entries(methods).map(([name, method]) => [
    name,
    (ctx: CallContext, request: unknown) => call({ channel, method, ...options }, ctx, request),
  ]);
  return Object.fromEntries(calls) as Caller<Definition>;
}

interface Called extends CallsOptions {
  readonly channel: Channel;
  readonly method: MethodDefinition<unknown, unknown, unknown, unknown>;
}

function call({ channel, method, repeatable }: Called, ctx: CallContext, request: unknown): Promise<unknown> {
  throwIfOver(ctx);
  const attributes = {
    'rpc.system': 'grpc',
    'rpc.method': method.path.slice(1),
    'server.address': channel.callee,
    ...deadlineOf(ctx),
  };
  const operation = `${channel.callee}.${method.path.slice(method.path.lastIndexOf('/') + 1)}`;
  const once = (): Promise<unknown> => channel.use((client) => send(client, method, ctx, request));
  return inSpan(method.path.slice(1), { kind: SpanKind.CLIENT, attributes }, () =>
    sendWithFaults(ctx, operation, () => (repeatable ? againElsewhere(ctx, once) : once())),
  );
}

/** One attempt, without a span of its own. */
export function send(
  client: Client,
  method: MethodDefinition<unknown, unknown, unknown, unknown>,
  ctx: CallContext,
  request: unknown,
): Promise<unknown> {
  const metadata = new Metadata();
  for (const [key, value] of Object.entries({ ...activeCarrier(), ...labHeadersOf(ctx) })) metadata.set(key, value);

  return new Promise((resolve, reject) => {
    const unary = client.makeUnaryRequest(
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
    );
    const giveUp = (): void => unary.cancel();
    ctx.signal.addEventListener('abort', giveUp, { once: true });
  });
}
