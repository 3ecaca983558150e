/** HTTP on loopback, for the gateways: GET /audit?wait=SECONDS, and /livez and /readyz for whoever operates it. */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer } from '../http.ts';
import { type Audit, Flights, NotDone } from './flights.ts';

const SERVER = { headersTimeout: 5_000, requestTimeout: 5_000, maxHeaderSize: 16 * 1_024 } as const;
const CONNECTIONS_MAX = 64;
/** For the answers that are just going out at a stop. */
const LAST_ANSWERS_MS = 500;
const WAIT_S = 10;
const WAIT_S_MAX = 30;

export interface AuditServer {
  readonly port: number;
  /** Not ready; whoever waits is told so at once. */
  stop(): Promise<void>;
}

export async function startAuditServer({
  host,
  port,
  audit,
}: {
  readonly host: string;
  readonly port: number;
  readonly audit: Audit;
}): Promise<AuditServer> {
  const flights = new Flights(audit);
  let draining = false;
  const server = createServer(SERVER, (incoming, response) => {
    const target = incoming.url ?? '';
    const url = new URL(target.startsWith('/') ? `http://auditor${target}` : 'http://auditor/');
    if (incoming.method !== 'GET') send(response, 405, { reason: 'method_not_allowed', detail: 'Only GET.' });
    else if (url.pathname === '/livez') send(response, 200, { status: 'alive' });
    else if (url.pathname === '/readyz')
      send(response, draining ? 503 : 200, { status: draining ? 'draining' : 'ready' });
    else if (url.pathname === '/audit') void answer(flights, url.searchParams.get('wait'), response);
    else send(response, 404, { reason: 'route_unknown', detail: 'Only /audit, /livez and /readyz.' });
  });
  server.maxConnections = CONNECTIONS_MAX;
  server.listen(port, host);
  await once(server, 'listening');

  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      draining = true;
      const closed = once(server, 'close');
      server.close();
      await flights.stop();
      const rest = setTimeout(() => server.closeAllConnections(), LAST_ANSWERS_MS);
      await closed;
      clearTimeout(rest);
    },
  };
}

async function answer(flights: Flights, wait: string | null, response: ServerResponse): Promise<void> {
  const waitS = wait === null ? WAIT_S : /^\d{1,2}$/.test(wait) ? Number(wait) : WAIT_S_MAX + 1;
  if (waitS > WAIT_S_MAX) {
    send(response, 400, { reason: 'invalid_query', detail: `wait is a whole number of seconds up to ${WAIT_S_MAX}.` });
    return;
  }
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  try {
    send(response, 200, await flights.ask(waitS, gone.signal));
  } catch (error) {
    if (gone.signal.aborted) return;
    if (!(error instanceof NotDone)) console.error(error);
    const { status, reason } = error instanceof NotDone ? error : { status: 500, reason: 'unexpected' };
    send(response, status, { reason, detail: (error as Error).message });
  }
}

/** Each connection serves one question: a gateway asks seldom, and none that is idle holds up the end. */
function send(response: ServerResponse<IncomingMessage>, status: number, body: string | object): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response
    .writeHead(status, {
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(text),
      'Cache-Control': 'no-store',
      Connection: 'close',
    })
    .end(text);
}
