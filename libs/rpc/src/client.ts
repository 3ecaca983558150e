import { Client, type ClientOptions, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import type { MethodDefinition } from '@grpc/proto-loader';
import { type CallContext, Failure, labHeadersOf, rootContext, throwIfOver } from '@seams/call';
import { activeCarrier, deadlineOf, inSpan, SpanKind } from '@seams/telemetry';
import * as health from 'grpc-health-check';
import { failureOf } from './failure-status.ts';
import { sendWithFaults } from './inject-faults.ts';
import { registerReplicaLists } from './replicas.ts';

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

export interface Channel {
  /** Whom it leads to, for example "storage": fault plans name operations by it. */
  readonly callee: string;
  readonly target: string;
  readonly client: Client;
  /** Resolves when at least one replica says that it serves (grpc.health.v1). */
  check(signal: AbortSignal): Promise<void>;
  close(): void;
}

const RECONNECT_BACKOFF_MIN_MS = 100;
// 1 s, not the default 120 s: a callee that is back should be used within a second.
const RECONNECT_BACKOFF_MAX_MS = 1_000;
const KEEPALIVE_EVERY_MS = 10_000;
const KEEPALIVE_ANSWER_MS = 3_000;
/** Requests of this system are at most 64 KiB of JSON at the gateway; four times that leaves room for a page of orders. */
export const MESSAGE_BYTES_MAX = 262_144;

const OPTIONS: ClientOptions = {
  'grpc.service_config': JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
  'grpc.initial_reconnect_backoff_ms': RECONNECT_BACKOFF_MIN_MS,
  'grpc.max_reconnect_backoff_ms': RECONNECT_BACKOFF_MAX_MS,
  'grpc.keepalive_time_ms': KEEPALIVE_EVERY_MS,
  'grpc.keepalive_timeout_ms': KEEPALIVE_ANSWER_MS,
  'grpc.max_receive_message_length': MESSAGE_BYTES_MAX,
  'grpc.max_send_message_length': MESSAGE_BYTES_MAX,
};

/** One channel to all replicas of a callee, used in turn (round robin): `dns:`, `ipv4:` or a list in a file (replicas.ts). */
export function openChannel(callee: string, target: string): Channel {
  registerReplicaLists();
  const client = new Client(target, credentials.createInsecure(), OPTIONS);
  return { callee, target, client, check: (signal) => checkHealth(client, signal), close: () => client.close() };
}

const HEALTH_ANSWER_MS = 1_000;
const healthCheck = health.service.Check as MethodDefinition<unknown, unknown, unknown, { status: string }>;

async function checkHealth(client: Client, signal: AbortSignal): Promise<void> {
  const ctx = rootContext({ atMostMs: HEALTH_ANSWER_MS, signal });
  const { status } = (await send(client, healthCheck, ctx, { service: '' })) as { status: string };
  if (status !== 'SERVING') throw new Failure('unavailable', 'not_serving', `the callee says ${status}`);
}

/** Calls of one service over a channel. Each fails only with a Failure and never outlives its context. */
export function callerOf<Definition extends object>(definition: Definition, channel: Channel): Caller<Definition> {
  const methods = definition as unknown as Record<string, MethodDefinition<unknown, unknown, unknown, unknown>>;
  const calls = Object.entries(methods).map(([name, method]) => [
    name,
    (ctx: CallContext, request: unknown) => call(channel, method, ctx, request),
  ]);
  return Object.fromEntries(calls) as Caller<Definition>;
}

function call(
  channel: Channel,
  method: MethodDefinition<unknown, unknown, unknown, unknown>,
  ctx: CallContext,
  request: unknown,
): Promise<unknown> {
  throwIfOver(ctx);
  const attributes = {
    'rpc.system': 'grpc',
    'rpc.method': method.path.slice(1),
    'server.address': channel.callee,
    ...deadlineOf(ctx),
  };
  const operation = `${channel.callee}.${method.path.slice(method.path.lastIndexOf('/') + 1)}`;
  return inSpan(method.path.slice(1), { kind: SpanKind.CLIENT, attributes }, () =>
    sendWithFaults(ctx, operation, () => send(channel.client, method, ctx, request)),
  );
}

function send(
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
