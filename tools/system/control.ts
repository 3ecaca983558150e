/**
 * The runner's control socket: HTTP over a unix socket that only this user can open.
 * `curl --unix-socket .seams/control.sock http://seams/status` asks it by hand.
 */
import { once } from 'node:events';
import { chmodSync, rmSync } from 'node:fs';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer, request } from '../infrastructure/http.ts';

/** For what is only asked; what stops or starts something says its own. */
const ANSWER_MS_MAX = 10_000;

export interface Reply {
  readonly status: number;
  readonly body: unknown;
}

/** By "METHOD /path". A later one takes its words from the path: "POST /processes/:name/kill". */
export type Routes = Readonly<Record<string, (words: Readonly<Record<string, string>>) => Reply | Promise<Reply>>>;

export async function openControl(socketPath: string, routes: Routes): Promise<Server> {
  rmSync(socketPath, { force: true }); // of a runner that was killed: the lock says that it is gone
  const server = createServer((incoming, response) => void answer(routes, incoming, response));
  // Made for this user alone from the first moment on, not only after a chmod.
  const before = process.umask(0o177);
  try {
    server.listen(socketPath);
    await once(server, 'listening');
  } finally {
    process.umask(before);
  }
  chmodSync(socketPath, 0o600);
  return server;
}

async function answer(routes: Routes, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  incoming.resume();
  const { status, body } = await route(routes, incoming.method ?? 'GET', incoming.url ?? '/').catch((error: Error) => ({
    status: 500,
    body: { error: error.message },
  }));
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
}

export async function route(routes: Routes, method: string, url: string): Promise<Reply> {
  const path = url.split('?', 1)[0] ?? '/';
  for (const [pattern, handle] of Object.entries(routes)) {
    const words = match(pattern, `${method} ${path}`);
    if (words) return handle(words);
  }
  return { status: 404, body: { error: `${method} ${path} is not one of: ${Object.keys(routes).join(', ')}` } };
}

function match(pattern: string, asked: string): Record<string, string> | undefined {
  const [want, have] = [pattern.split('/'), asked.split('/')];
  if (want.length !== have.length) return undefined;
  const words: Record<string, string> = {};
  for (const [at, part] of want.entries()) {
    const word = have[at] ?? '';
    if (part.startsWith(':')) words[part.slice(1)] = decodeURIComponent(word);
    else if (part !== word) return undefined;
  }
  return words;
}

/** The other side: one question to a runner's socket. Rejects with ENOENT or ECONNREFUSED when no runner listens. */
export async function askControl(
  socketPath: string,
  method: string,
  path: string,
  answerMsMax = ANSWER_MS_MAX,
): Promise<Reply> {
  const outgoing = request({ socketPath, method, path, agent: false, timeout: answerMsMax });
  outgoing.once('timeout', () => outgoing.destroy(new Error('the runner does not answer on its control socket')));
  outgoing.end();
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  const body = Buffer.concat(await incoming.toArray()).toString('utf8');
  return { status: incoming.statusCode ?? 0, body: JSON.parse(body) };
}
