/**
 * HTTP on loopback, for the gateways: GET /floor?after=SEQUENCE answers with the next picture when there is one,
 * GET /logs?trace=ID&from=MS with what the services wrote about one trace; and /livez and /readyz.
 */
import type { ServerResponse } from 'node:http';
import { type At, type LoopbackServer, send, startLoopbackServer } from '../loopback-server.ts';
import { type Found, findLines } from './logs.ts';
import type { Watch } from './watch.ts';

/**
 * One that is silent holds a picture up by 0.7 s, so two may lie 1.7 s apart: longer than a gateway may wait that had to do
 * without auth first. Then the last picture is the answer, its sequence says so, and whoever looks asks again at once.
 */
const NEXT_MS_MAX = 1_000;

export function startFloorServer({
  watch,
  logsDir,
  ...at
}: At & { readonly watch: Watch; readonly logsDir: string }): Promise<LoopbackServer> {
  const logs = oneAtATime((traceId, fromMs) => findLines(logsDir, { traceId, fromMs }));
  return startLoopbackServer(at, (incoming, response) => {
    const url = URL.parse(incoming.url ?? '', 'http://watcher');
    if (incoming.method !== 'GET') send(response, 405, { reason: 'method_not_allowed', detail: 'Only GET.' });
    else if (url?.pathname === '/livez') send(response, 200, { status: 'alive' });
    else if (url?.pathname === '/readyz')
      send(response, watch.floor ? 200 : 503, { status: watch.floor ? 'ready' : 'starting' });
    else if (url?.pathname === '/floor') void answer(watch, url.searchParams.get('after') ?? '', response);
    else if (url?.pathname === '/logs') void answerLogs(logs, url.searchParams, response);
    else send(response, 404, { reason: 'route_unknown', detail: 'Only /floor, /logs, /livez and /readyz.' });
  });
}

async function answer(watch: Watch, after: string, response: ServerResponse): Promise<void> {
  const floor = (await watch.after(/^\d{1,12}$/.test(after) ? Number(after) : 0, NEXT_MS_MAX)) ?? watch.floor;
  if (floor) send(response, 200, floor);
  else send(response, 503, { reason: 'floor_unavailable', detail: 'The watcher has not looked yet.' });
}

type Search = (traceId: string, fromMs: number) => Promise<Found>;

/** Two searches at once would read the same disk, and each would be told half as much in its time. */
function oneAtATime(search: Search): Search {
  let last: Promise<unknown> = Promise.resolve();
  return (traceId, fromMs) => {
    const next = last.then(() => search(traceId, fromMs));
    last = next.catch(() => undefined);
    return next;
  };
}

async function answerLogs(search: Search, asked: URLSearchParams, response: ServerResponse): Promise<void> {
  const [trace = '', from = '0'] = [asked.get('trace') ?? undefined, asked.get('from') ?? undefined];
  if (!/^[0-9a-f]{32}$/.test(trace) || !/^\d{1,15}$/.test(from)) {
    send(response, 400, { reason: 'invalid_query', detail: 'trace has 32 hex digits, from is in milliseconds.' });
    return;
  }
  try {
    send(response, 200, await search(trace, Number(from)));
  } catch (error) {
    console.error(error);
    send(response, 503, { reason: 'logs_unavailable', detail: 'The log files cannot be read.' });
  }
}
