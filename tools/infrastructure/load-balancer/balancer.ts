/** The load balancer: HTTP/1.1, one gateway after the other (turn.ts); answers /livez and /readyz of the whole itself. */
import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer } from '../http.ts';
import { type ForwardLimits, forward } from './forward.ts';
import { type Address, Gateways, type Log } from './gateways.ts';
import { ignoreUpgrade } from './ignore-upgrade.ts';
import { inTurn } from './in-turn.ts';
import { answerOnSocket, answerProblem, PROBLEMS } from './problem.ts';
import { cutUnreadAnswers } from './unread-answers.ts';

export interface LoadBalancerOptions {
  readonly host: string;
  readonly port: number;
  readonly gateways: readonly Address[];
  readonly log: Log;
  readonly limits?: Partial<ForwardLimits>;
  /** Requests at one gateway at once. */
  readonly inFlightMax?: number;
}

export interface LoadBalancer {
  readonly port: number;
  /** From now on these: see Gateways.update. */
  use(gateways: readonly Address[]): void;
  /** Not ready, no new connections, what is in flight is finished within the bound. */
  drain(atMostMs: number): Promise<void>;
}

// A gateway answers within 2 s (topology.ts); a second more is for one that is busy, not for one that is gone.
const LIMITS: ForwardLimits = { connectMsMax: 1_000, answerMsMax: 3_000, slowPathsMs: {}, silenceMsMax: 60_000 };

const SERVER = {
  // Node's own defaults hold a slow or silent connection for a minute and more.
  headersTimeout: 5_000,
  // A second less than the gateways': what is slow ends here. 64 KiB in that time is 75 kbit/s.
  requestTimeout: 7_000,
  // How late the two above may strike: with a second, a slow body and its refusal lasted longer than 10 s.
  connectionsCheckingInterval: 500,
  /** Node says it to the client and waits a second longer: whoever asks nothing, or does not read, is gone after 8 s. */
  keepAliveTimeout: 7_000,
  maxHeaderSize: 16 * 1024,
} as const;
const CONNECTIONS_MAX = 4_096;
const HEADERS_MAX = 100;

export async function startLoadBalancer({
  host,
  port,
  gateways: addresses,
  log,
  limits,
  inFlightMax,
}: LoadBalancerOptions): Promise<LoadBalancer> {
  const gateways = new Gateways(addresses, log, inFlightMax);
  let draining = false;
  const requests = { taken: 0, ended: 0, endedMs: 0 };
  const handle = inTurn((incoming, response) => {
    if (answersItself(incoming, response, { gateways, draining, connections: open.connections, requests })) return;
    const takenAt = performance.now();
    requests.taken += 1;
    response.once('close', () => {
      requests.ended += 1;
      requests.endedMs += performance.now() - takenAt;
    });
    const refusal = draining ? PROBLEMS.draining : refusalOf(incoming);
    if (refusal) answerProblem(response, refusal);
    else forward({ incoming, response, draining: () => draining }, gateways, { ...LIMITS, ...limits }, log);
  });
  const server = createServer(SERVER, (incoming, response) => {
    // Pipes on a broken connection end in 'close', which is handled where it matters.
    incoming.on('error', () => {});
    response.on('error', () => {});
    handle(incoming, response);
  });
  server.maxConnections = CONNECTIONS_MAX;
  // 0: no silent cut. Node drops what exceeds its count, and a dropped Authorization is another request.
  server.maxHeadersCount = 0;
  ignoreUpgrade(server);
  refuseWhatIsNoRequest(server);
  const open = cutUnreadAnswers(server);
  await gateways.watch();
  server.listen(port, host);
  await once(server, 'listening');

  return {
    port: (server.address() as AddressInfo).port,
    use: (addresses) => gateways.update(addresses),
    async drain(atMostMs) {
      draining = true;
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      const bound = setTimeout(() => server.closeAllConnections(), atMostMs);
      await closed;
      clearTimeout(bound);
      gateways.close();
    },
  };
}

interface Whole {
  readonly gateways: Gateways;
  readonly draining: boolean;
  /** Of clients, this one's counted. */
  readonly connections: number;
  /** Of clients, since the start; those for its own health are not counted. */
  readonly requests: { readonly taken: number; readonly ended: number; readonly endedMs: number };
}

function answersItself(
  incoming: IncomingMessage,
  response: ServerResponse,
  { gateways, draining, connections, requests }: Whole,
): boolean {
  const path = (incoming.url ?? '').split('?', 1)[0];
  if (path !== '/livez' && path !== '/readyz') return false;
  if (incoming.method !== 'GET' && incoming.method !== 'HEAD') {
    answerProblem(response, PROBLEMS.healthMethod);
    return true;
  }
  const ready = path === '/livez' || (gateways.anyReady && !draining);
  const body =
    path === '/livez'
      ? { status: 'alive' }
      : {
          status: draining ? 'draining' : ready ? 'ready' : 'not_ready',
          connections,
          upMs: Math.round(process.uptime() * 1_000),
          requests: { ...requests, endedMs: Math.round(requests.endedMs), refusedHere: gateways.refused },
          gateways: gateways.all.map(({ name, host, port, state, why }) => ({
            name,
            address: `${host}:${port}`,
            state,
            ...(state === 'ready' ? {} : { why }),
          })),
        };
  response.writeHead(ready ? 200 : 503, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
  response.end(JSON.stringify(body));
  return true;
}

/** What two parsers could read in two ways is not passed on. */
function refusalOf(incoming: IncomingMessage): (typeof PROBLEMS)[keyof typeof PROBLEMS] | undefined {
  if (incoming.rawHeaders.length / 2 > HEADERS_MAX) return PROBLEMS.headerCount;
  if ((incoming.headersDistinct.host ?? []).length !== 1) return PROBLEMS.hosts;
  if (!incoming.url?.startsWith('/') && incoming.url !== '*') return PROBLEMS.target;
  return undefined;
}

function refuseWhatIsNoRequest(server: Server): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (!socket.writable || error.code === 'ECONNRESET') {
      socket.destroy();
    } else if (error.code === 'HPE_HEADER_OVERFLOW') answerOnSocket(socket, PROBLEMS.headerBytes);
    else if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') answerOnSocket(socket, PROBLEMS.tooSlow);
    else answerOnSocket(socket, PROBLEMS.malformed);
  });
  server.on('connect', (_, socket) => answerOnSocket(socket, PROBLEMS.connect));
}
