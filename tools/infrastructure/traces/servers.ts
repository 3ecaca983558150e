/** The two listeners of the trace store: OTLP/HTTP in, Jaeger's query API out. */
import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { createServer } from '../http.ts';
import { NotOtlp, takeApart } from './otlp.ts';
import { answerQuery, failed } from './query.ts';
import { TraceStore } from './store.ts';

export interface TraceServers {
  readonly otlpPort: number;
  readonly queryPort: number;
  close(): Promise<void>;
}

export interface TraceServersOptions {
  readonly host: string;
  readonly otlpPort: number;
  readonly queryPort: number;
  readonly store?: TraceStore;
  /** What time it is, for a search that says no end. */
  readonly nowMs?: () => number;
}

/** An exporter's batch of 512 spans is about 400 KB. */
const BODY_BYTES_MAX = 8 * 1024 * 1024;

const SERVER = {
  headersTimeout: 5_000,
  requestTimeout: 8_000,
  connectionsCheckingInterval: 1_000,
  keepAliveTimeout: 60_000,
} as const;

const unzip = promisify(gunzip);

class Refused extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export async function startTraceServers(options: TraceServersOptions): Promise<TraceServers> {
  const { host, store = new TraceStore() } = options;
  const otlp = createServer(SERVER, (request, response) => void receive(store, request, response));
  const query = createServer(SERVER, (request, response) => answer({ store, nowMs: options.nowMs }, request, response));
  const listen = async (server: Server, port: number): Promise<number> => {
    server.listen(port, host);
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const [otlpPort, queryPort] = [await listen(otlp, options.otlpPort), await listen(query, options.queryPort)];
  return {
    otlpPort,
    queryPort,
    async close() {
      for (const server of [otlp, query]) {
        const closed = once(server, 'close');
        server.close();
        server.closeAllConnections();
        await closed;
      }
    },
  };
}

async function receive(store: TraceStore, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const received = takeApart(parse(await bodyOf(request)));
    store.add(received);
    const { rejected } = received;
    const reason = {
      rejectedSpans: rejected,
      errorMessage: 'spans without a usable traceId, spanId or time were left out',
    };
    send(response, 200, { partialSuccess: rejected > 0 ? reason : {} });
  } catch (error) {
    if (response.destroyed) return; // the exporter has gone
    const status = error instanceof Refused ? error.status : error instanceof NotOtlp ? 400 : 500;
    // google.rpc.Status, as OTLP/HTTP asks for: 3 is INVALID_ARGUMENT, 13 INTERNAL.
    send(response, status, { code: status < 500 ? 3 : 13, message: (error as Error).message });
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  if (request.url?.split('?', 1)[0] !== '/v1/traces') throw new Refused(404, 'only /v1/traces is kept here');
  if (request.method !== 'POST') throw new Refused(405, 'traces are sent with POST');
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim();
  if (type !== 'application/json') {
    throw new Refused(
      415,
      `this store reads OTLP as application/json, not ${type || 'an unnamed type'}: use the OTLP/HTTP JSON exporter`,
    );
  }
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity' && encoding !== 'gzip')
    throw new Refused(415, `the encoding ${encoding} is not read, gzip is`);

  const parts: Buffer[] = [];
  let bytes = 0;
  // Leaving the loop early must not close the connection: the refusal is still to be sent on it.
  for await (const part of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > BODY_BYTES_MAX) throw new Refused(413, `more than ${BODY_BYTES_MAX} bytes in one request`);
    parts.push(part);
  }
  const body = Buffer.concat(parts);
  return encoding === 'gzip' ? unpacked(body) : body;
}

async function unpacked(body: Buffer): Promise<Buffer> {
  try {
    return await unzip(body, { maxOutputLength: BODY_BYTES_MAX });
  } catch (error) {
    const tooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    throw tooLarge
      ? new Refused(413, `more than ${BODY_BYTES_MAX} bytes when unpacked`)
      : new Refused(400, 'the body is not gzip');
  }
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw new Refused(400, `the body is not JSON: ${(error as Error).message}`);
  }
}

const WELCOME = `Traces of Seams, kept in memory. This port answers Jaeger's query API:

/api/services
/api/services/{service}/operations
/api/operations?service=gateway
/api/traces?service=gateway&limit=20
/api/traces/{trace id}
/api/dependencies

npm run order places an order and prints its trace as a tree.
`;

interface Queried {
  readonly store: TraceStore;
  readonly nowMs: (() => number) | undefined;
}

function answer(queried: Queried, request: IncomingMessage, response: ServerResponse): void {
  const url = URL.parse(request.url ?? '/', 'http://traces');
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    send(response, 405, failed(405, 'traces are only read here').body);
  } else if (url?.pathname === '/') {
    response.writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8' }).end(WELCOME);
  } else if (url?.pathname === '/store') {
    send(response, 200, queried.store.size);
  } else {
    const found = url === null ? undefined : query(queried, url);
    const { status, body } = found ?? failed(404, 'not found');
    send(response, status, body);
  }
}

function query({ store, nowMs }: Queried, url: URL): ReturnType<typeof answerQuery> {
  try {
    return answerQuery(store, url, nowMs?.());
  } catch (error) {
    if (error instanceof URIError) return failed(400, 'the path is not well encoded');
    return failed(500, (error as Error).message);
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  const unread = response.req.complete ? {} : { Connection: 'close' };
  response
    .writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text), ...unread })
    .end(text);
}
