/** HTTP on loopback, for the gateways: GET /audit?wait=SECONDS, and /livez and /readyz for whoever operates it. */
import type { ServerResponse } from 'node:http';
import { type At, type LoopbackServer, send, startLoopbackServer } from '../loopback-server.ts';
import { type Audit, Flights, NotDone } from './flights.ts';

const WAIT_S = 10;
const WAIT_S_MAX = 30;

/** While it stops it is not ready; whoever waits is told so at once. */
export async function startAuditServer({ audit, ...at }: At & { readonly audit: Audit }): Promise<LoopbackServer> {
  const flights = new Flights(audit);
  let draining = false;
  const { port, stop } = await startLoopbackServer(at, (incoming, response) => {
    const target = incoming.url ?? '';
    const url = new URL(target.startsWith('/') ? `http://auditor${target}` : 'http://auditor/');
    if (incoming.method !== 'GET') send(response, 405, { reason: 'method_not_allowed', detail: 'Only GET.' });
    else if (url.pathname === '/livez') send(response, 200, { status: 'alive' });
    else if (url.pathname === '/readyz')
      send(response, draining ? 503 : 200, { status: draining ? 'draining' : 'ready' });
    else if (url.pathname === '/audit') void answer(flights, url.searchParams.get('wait'), response);
    else send(response, 404, { reason: 'route_unknown', detail: 'Only /audit, /livez and /readyz.' });
  });
  return {
    port,
    stop() {
      draining = true;
      return stop(flights.stop());
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
