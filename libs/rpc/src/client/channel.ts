import type { Client, ClientOptions } from '@grpc/grpc-js';
import type { MethodDefinition } from '@grpc/proto-loader';
import { type CallContext, Failure, rootContext } from '@seams/call';
import type { Logger } from '@seams/telemetry';
import * as health from 'grpc-health-check';
import { openReconnectingClient, type ReconnectingClient } from '../balancing/reconnecting-client.ts';
import { registerReplicaLists } from '../balancing/replica-lists.ts';
import { BatchingClient } from '../batching/batching-client.ts';
import { send } from './send.ts';

export type Unary = MethodDefinition<unknown, unknown, unknown, unknown>;

export interface Channel {
  /** The service that it leads to, for example "storage": fault plans name operations by it. */
  readonly callee: string;
  readonly target: string;
  /** How calls travel, as their spans say it: "grpc", or "direct" within one process. */
  readonly system: string;
  /** One attempt of a unary call. It fails only with a Failure and never outlives its context. */
  send(method: Unary, ctx: CallContext, request: unknown): Promise<unknown>;
  /** The same, batched with other calls to this callee (batching-client.ts). */
  sendBatched(method: Unary, ctx: CallContext, request: unknown): Promise<unknown>;
  /** Resolves when at least one replica says that it serves (grpc.health.v1). */
  check(signal: AbortSignal): Promise<void>;
  close(): void;
}

const RECONNECT_BACKOFF_MIN_MS = 100;
// 1 s, not the default 120 s: a callee that is back should be used within a second.
const RECONNECT_BACKOFF_MAX_MS = 1_000;
// grpc-js knows no health checking at the client's end; this is what ejects a frozen process: a ping without an answer
// closes its connection, calls in flight there end, and the others get its share until it accepts connections again.
// Both together stay below the shortest time that a request has for its second try: 1.6 s (topology.ts, 2 × 800 ms).
const KEEPALIVE_EVERY_MS = 700;
const KEEPALIVE_ANSWER_MS = 800;
/** Requests of this system are at most 64 KiB of JSON at the gateway; four times that leaves room for a page of orders. */
export const MESSAGE_BYTES_MAX = 262_144;

const seconds = (whole: number): { seconds: number; nanos: number } => ({ seconds: whole, nanos: 0 });

/**
 * For a replica that answers pings and fails its calls: of 5 or more in 1 s, 80 % or more (any status but OK counts, a
 * refusal too, but at most half of the replicas are left alone at once). It is used again after 2 s, at most 6 when it
 * goes on failing. By gRFC A50's defaults, 5 hosts and 50 calls in 10 s, one of two or three replicas never would be.
 * grpc-js reads snake_case names and Duration objects only; camelCase and "1s" are ignored in silence.
 */
const OUTLIER_DETECTION = {
  interval: seconds(1),
  base_ejection_time: seconds(2),
  max_ejection_time: seconds(6),
  max_ejection_percent: 50,
  failure_percentage_ejection: { threshold: 80, enforcement_percentage: 100, minimum_hosts: 2, request_volume: 5 },
  child_policy: [{ round_robin: {} }],
} as const;

const OPTIONS: ClientOptions = {
  'grpc.service_config': JSON.stringify({ loadBalancingConfig: [{ outlier_detection: OUTLIER_DETECTION }] }),
  'grpc.initial_reconnect_backoff_ms': RECONNECT_BACKOFF_MIN_MS,
  'grpc.max_reconnect_backoff_ms': RECONNECT_BACKOFF_MAX_MS,
  'grpc.keepalive_time_ms': KEEPALIVE_EVERY_MS,
  'grpc.keepalive_timeout_ms': KEEPALIVE_ANSWER_MS,
  // A replica that froze while nobody called it is found before the next call, not by it.
  'grpc.keepalive_permit_without_calls': 1,
  'grpc.max_receive_message_length': MESSAGE_BYTES_MAX,
  'grpc.max_send_message_length': MESSAGE_BYTES_MAX,
};

/** One channel to all replicas of a callee, used in turn (round robin): `dns:`, `ipv4:` or a list in a file (replica-lists.ts). */
export function openChannel(callee: string, target: string, log?: Logger): Channel {
  registerReplicaLists();
  const client = openReconnectingClient({
    target,
    options: OPTIONS,
    stuck: (addresses) => log?.warn({ callee, addresses }, 'a connection gets nowhere: the channel is opened anew'),
    clockSetBack: (ms) => log?.warn({ callee, ms }, 'the wall clock was set back: the channel is opened anew'),
  });
  const batching = new WeakMap<Client, BatchingClient>();
  const batchingOf = (open: Client): BatchingClient => {
    const known = batching.get(open) ?? new BatchingClient(open);
    batching.set(open, known);
    return known;
  };
  return {
    callee,
    target,
    system: 'grpc',
    send: (method, ctx, request) => client.use((open) => send(open, method, ctx, request)),
    sendBatched: (method, ctx, request) => client.use((open) => batchingOf(open).send(method, ctx, request)),
    check: (signal) => checkHealth(client, signal),
    close: client.close,
  };
}

const HEALTH_ANSWER_MS = 1_000;
const healthCheck = health.service.Check as MethodDefinition<unknown, unknown, unknown, { status: string }>;

async function checkHealth(watched: ReconnectingClient, signal: AbortSignal): Promise<void> {
  const ctx = rootContext({ atMostMs: HEALTH_ANSWER_MS, signal });
  const reply = await watched.use((client) => send(client, healthCheck, ctx, { service: '' }));
  const { status } = reply as { status: string };
  if (status !== 'SERVING') throw new Failure('unavailable', 'not_serving', `the callee says ${status}`);
}
