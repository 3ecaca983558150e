/**
 * A gRPC client that is opened anew when one of its connections gets nowhere. grpc-js 1.14.7 waits without any bound
 * for a connection that is being made: for the TCP handshake, and for the SETTINGS of a peer that accepted and then says
 * nothing (grpc-node #2785). A replica that goes away in that state is never called again, although it is back.
 * It is opened anew too when the wall clock is set back: grpc-js times outlier detection by it, so that a replica would be left alone
 * for as long as the step.
 */
import type { Socket } from 'node:net';
import { type ChannelCredentials, Client, type ClientOptions, credentials } from '@grpc/grpc-js';
import { connectionsOf } from './connections.ts';

// A connection on loopback or in one cluster stands within milliseconds, on a starved machine within a second or two.
const CONNECTING_MS_MAX = 5_000;
const LOOK_EVERY_MS = 500;
// NTP slews a clock by half a millisecond a second at most; what is more is a step.
const STEP_MS_MIN = 1_000;

export interface ReconnectingClientOptions {
  readonly target: string;
  readonly options: ClientOptions;
  /** Told before the client is opened anew, with the addresses that could not be reached in time. */
  readonly stuck: (addresses: readonly string[]) => void;
  /** Told before the client is opened anew because the wall clock was set back, with by how much. */
  readonly clockSetBack: (ms: number) => void;
}

export interface ReconnectingClient {
  /** Runs one call. The client that it is given stays open until the call has ended, and not longer. */
  use<T>(call: (client: Client) => Promise<T>): Promise<T>;
  close(): void;
}

export function openReconnectingClient(plan: ReconnectingClientOptions): ReconnectingClient {
  let current = open(plan);
  let wallClockAhead = wallClockAheadMs();
  const look = (): void => {
    const stuck = current.stuck(performance.now());
    const setBackMs = wallClockAhead - wallClockAheadMs();
    wallClockAhead -= setBackMs;
    if (setBackMs >= STEP_MS_MIN) plan.clockSetBack(Math.round(setBackMs));
    else if (stuck.length > 0) plan.stuck(stuck);
    else return;
    const old = current;
    // First the new one: calls that come now, or are tried again, find a client that connects without waiting for one.
    current = open(plan);
    current.connect();
    old.retire();
  };
  const timer = setInterval(look, LOOK_EVERY_MS).unref();
  return {
    use: (call) => current.use(call),
    close: () => {
      clearInterval(timer);
      current.retire();
    },
  };
}

/** How far the wall clock is ahead of the monotonic one: constant, but for steps. */
const wallClockAheadMs = (): number => Date.now() - performance.now();

interface Opened {
  connect(): void;
  use: ReconnectingClient['use'];
  stuck(now: number): string[];
  /** Closes it when its last call has ended; each has a deadline. */
  retire(): void;
}

function open({ target, options }: ReconnectingClientOptions): Opened {
  const silent = new Set<Socket>();
  const client = new Client(target, noting(silent), {
    ...options,
    // Else a new channel would be given the connections of the old one, the stuck one among them.
    'grpc.use_local_subchannel_pool': 1,
  });
  const since = new Map<string, number>();
  let calls = 0;
  let retired = false;
  const closeIfDone = (): void => {
    if (!retired || calls > 0) return;
    client.close();
    // grpc-js forgets a connection that is not made yet without closing it.
    for (const socket of silent) if (socket.bytesRead === 0) socket.destroy();
  };
  return {
    connect: () => void client.getChannel().getConnectivityState(true),
    use: async (call) => {
      calls += 1;
      try {
        return await call(client);
      } finally {
        calls -= 1;
        closeIfDone();
      }
    },
    stuck: (now) => {
      const connecting = connectionsOf(client).filter(({ state }) => state === 'CONNECTING');
      const keys = new Set(connecting.map(({ key }) => key));
      for (const key of since.keys()) if (!keys.has(key)) since.delete(key);
      return connecting.flatMap(({ key, address }) => {
        const from = since.get(key) ?? now;
        since.set(key, from);
        return now - from >= CONNECTING_MS_MAX ? [address] : [];
      });
    },
    retire: () => {
      retired = true;
      closeIfDone();
    },
  };
}

/** Credentials that keep hold of the sockets that are handed to HTTP/2, until they close. */
function noting(sockets: Set<Socket>): ChannelCredentials {
  const own = credentials.createInsecure();
  const connectorOf = own._createSecureConnector.bind(own);
  own._createSecureConnector = (...given) => {
    const connector = connectorOf(...given);
    const connect = connector.connect.bind(connector);
    connector.connect = (socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      return connect(socket);
    };
    return connector;
  };
  return own;
}
