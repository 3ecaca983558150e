/** HTTP on loopback, for the gateways: how the auditor, the watcher and the lab runner listen, answer and stop. */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer } from './http.ts';

const SERVER = { headersTimeout: 5_000, requestTimeout: 5_000, maxHeaderSize: 16 * 1_024 } as const;
const CONNECTIONS_MAX = 64;
/** For the answers that are just going out at a stop. */
const LAST_ANSWERS_MS = 500;

export interface At {
  readonly host: string;
  readonly port: number;
}

export interface LoopbackServer {
  readonly port: number;
  /** Cuts whoever is connected off; when last answers are being given, a moment after those. */
  stop(lastAnswers?: Promise<void>): Promise<void>;
}

export async function startLoopbackServer(
  { host, port }: At,
  answer: (incoming: IncomingMessage, response: ServerResponse) => void,
): Promise<LoopbackServer> {
  const server = createServer(SERVER, answer);
  server.maxConnections = CONNECTIONS_MAX;
  server.listen(port, host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async stop(lastAnswers) {
      const closed = once(server, 'close');
      server.close();
      await lastAnswers;
      const rest = setTimeout(() => server.closeAllConnections(), lastAnswers ? LAST_ANSWERS_MS : 0);
      await closed;
      clearTimeout(rest);
    },
  };
}

/** Each connection serves one question: a gateway asks seldom, and none that is idle holds up the end. */
export function send(response: ServerResponse, status: number, body: string | object): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const length = Buffer.byteLength(text);
  const headers = { 'Content-Type': 'application/json', 'Content-Length': length, 'Cache-Control': 'no-store' };
  response.writeHead(status, { ...headers, Connection: 'close' }).end(text);
}
