/** Node's HTTP server with bounds that hold, and Nest's Fastify adapter behind it. */
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo, type Socket, Server as TcpServer } from 'node:net';
import type { Duplex } from 'node:stream';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Failure } from '@seams/call';
import type { Listener } from '@seams/lifecycle';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { Admission } from './admission.ts';
import type { ConsoleFiles } from './console.ts';
import { type ExchangeOptions, exchangeOf, fail, runExchange } from './exchange.ts';
import { ignoreUpgrade } from './ignore-upgrade.ts';
import { answerOnSocket, HttpRefusal } from './problem.ts';
import { cutUnreadAnswers } from './unread-answers.ts';

// Node's own defaults hold a slow or silent connection for a minute and more, and allow two Host headers.
const SERVER: ServerOptions = {
  headersTimeout: 5_000,
  requestTimeout: 8_000,
  // How late the two above may strike: with a second, a slow body and its refusal lasted longer than 10 s.
  connectionsCheckingInterval: 500,
  // Longer than any client of ours keeps a socket that it is not using: the load balancer's agent lets go a second before
  // the time that Node tells it here, so no request meets a connection that is being closed.
  keepAliveTimeout: 65_000,
  maxHeaderSize: 16_384,
  // A missing Host is refused by runExchange, with a body that says so.
  requireHostHeader: false,
};
const CONNECTIONS_MAX = 4_096;
/** A load balancer asks /readyz every 500 ms; until it has seen the drain it may send on connections it kept. */
const IDLE_AFTER_DRAIN_MS = 1_000;

export interface HttpEdge extends Listener {
  readonly adapter: FastifyAdapter;
  readonly port: number;
}

export interface HttpEdgeOptions extends ExchangeOptions {
  readonly admission: Admission;
  readonly consoleFiles: ConsoleFiles;
  readonly host: string;
  readonly port: number;
}

export function createHttpEdge(options: HttpEdgeOptions): HttpEdge {
  const inFlight = new Map<Duplex, ServerResponse>();
  let draining = false;
  let server: Server | undefined;

  const adapter = new FastifyAdapter({
    // Node's own limits are in SERVER; what the router would refuse is refused in runExchange or by a schema.
    routerOptions: { querystringParser: () => ({}), maxParamLength: SERVER.maxHeaderSize as number },
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      reply.hijack();
      fail(request.raw, reply.raw, routerRefusalOf(error));
    },
    clientErrorHandler: (error: NodeJS.ErrnoException, socket: Socket) =>
      refuseBytes(error, socket, inFlight.get(socket)),
    serverFactory: (route: RequestListener) => {
      const handle: RequestListener = (incoming, response) => {
        if (!options.consoleFiles(incoming, response)) route(incoming, response);
      };
      const answer = (incoming: IncomingMessage, response: ServerResponse): void => {
        inFlight.set(incoming.socket, response);
        response.once('close', () => inFlight.get(incoming.socket) === response && inFlight.delete(incoming.socket));
        if (draining) response.setHeader('Connection', 'close');
        if (!options.admission.admit(incoming, response)) return;
        runExchange(options, incoming, response, handle).catch((error: unknown) => {
          options.log.error({ error: String(error) }, 'an exchange could not be finished');
          response.destroy();
        });
      };
      server = createServer(SERVER, answer);
      server.on('checkExpectation', answer);
      server.maxConnections = CONNECTIONS_MAX;
      // 0: no silent cut. Node drops what exceeds its count, and a dropped Authorization is another request.
      server.maxHeadersCount = 0;
      ignoreUpgrade(server);
      refuseConnect(server);
      cutUnreadAnswers(server);
      return server;
    },
  });
  setUpRouting(adapter);

  return {
    adapter,
    get port() {
      return (server?.address() as AddressInfo | null)?.port ?? options.port;
    },
    listen: async () => {
      await adapter.getInstance().ready();
      return listen(server as Server, options);
    },
    drain: (atMostMs) => {
      draining = true;
      for (const response of inFlight.values()) if (!response.headersSent) response.setHeader('Connection', 'close');
      return close(server as Server, atMostMs);
    },
  };
}

/** Bodies are read where a route is decoded, after its token was checked; so Fastify leaves them alone. */
function setUpRouting(adapter: FastifyAdapter): void {
  const instance = adapter.getInstance();
  instance.removeAllContentTypeParsers();
  instance.addContentTypeParser('*', (_request, _payload, done) => done(null));
  instance.addHook('onRequest', (request, _reply, done) => {
    exchangeOf(request.raw).route = (request.routeOptions.url ?? '').replaceAll(/:(\w+)/g, '{$1}');
    done();
  });
}

function listen(server: Server, { host, port }: HttpEdgeOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

/**
 * Takes no new connection, lets requests in flight finish and tells their clients to go elsewhere. Idle connections
 * stay for a moment: closing them at once would lose the request that a load balancer is just sending.
 */
function close(server: Server, atMostMs: number): Promise<void> {
  return new Promise((resolve) => {
    const idle = setTimeout(() => server.closeIdleConnections(), Math.min(IDLE_AFTER_DRAIN_MS, atMostMs));
    const rest = setTimeout(() => server.closeAllConnections(), atMostMs);
    // The TCP part of close(): the HTTP part would close idle connections at once.
    TcpServer.prototype.close.call(server, () => {
      clearTimeout(idle);
      clearTimeout(rest);
      resolve();
    });
  });
}

/** What Node's parser refuses, and what took too long to arrive. `current` is the request before it, or begun with it. */
function refuseBytes(error: NodeJS.ErrnoException, socket: Socket, current: ServerResponse | undefined): void {
  if (!socket.writable || error.code === 'ECONNRESET') socket.destroy();
  else if (!current) answerOnSocket(socket, refusalOf(error));
  else if (current.req.complete) closeAfter(current, socket);
  else fail(current.req, current, refusalOf(error)); // its body broke
}

/** The router's own errors, before a route is found. */
function routerRefusalOf(error: FastifyError): Failure {
  if (error.statusCode === 400) return new HttpRefusal('target_malformed');
  return error.statusCode === 414 ? new HttpRefusal('target_too_long') : Failure.from(error);
}

function refuseConnect(server: Server): void {
  server.on('connect', (_, socket) =>
    answerOnSocket(socket, new HttpRefusal('method_not_allowed', { headers: { Allow: 'GET, HEAD, POST, DELETE' } })),
  );
}

/** Bytes behind a good request that are none: its answer still goes out, theirs would be taken for its answer. */
function closeAfter(current: ServerResponse, socket: Socket): void {
  if (!current.headersSent) current.setHeader('Connection', 'close');
  current.once('close', () => socket.destroySoon());
}

function refusalOf(error: NodeJS.ErrnoException): Failure {
  if (error.code === 'HPE_HEADER_OVERFLOW') return new HttpRefusal('headers_too_large');
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') return new HttpRefusal('request_too_slow');
  return new HttpRefusal('http_malformed');
}
