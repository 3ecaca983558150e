import { createServer, type Server, type ServerResponse } from 'node:http';
import { metricsText } from '@seams/telemetry';
import type { DependencyState, Health } from './health.ts';

/**
 * The port for whoever operates the process: /livez says that the event loop turns, /readyz whether to send it work,
 * with each dependency by name. It never waits for a dependency, it tells what the last check saw. /metrics asks.
 */
export interface OpsServer {
  listen(): Promise<number>;
  close(): Promise<void>;
}

/** What the port says of readiness: of one service, or of all that stand in one process. */
export type Readiness = Pick<Health, 'ready' | 'draining'> & { dependencyStates(): DependencyState[] };

export interface OpsOptions {
  readonly host: string;
  readonly port: number;
  readonly health: Readiness;
}

export type OpenOps = (options: OpsOptions) => OpsServer;

const HEADERS_MS_MAX = 5_000;

export function createOpsServer(options: OpsOptions): OpsServer {
  const server = createServer(
    { headersTimeout: HEADERS_MS_MAX, requestTimeout: HEADERS_MS_MAX },
    (request, response) => {
      if (request.method !== 'GET' && request.method !== 'HEAD') return send(response, 405, { error: 'only GET' });
      if (request.url === '/livez') return send(response, 200, { status: 'alive' });
      if (request.url === '/readyz') return sendReadiness(response, options.health);
      if (request.url === '/metrics') return void sendMetrics(response);
      return send(response, 404, { error: 'only /livez, /readyz and /metrics' });
    },
  );
  return { listen: () => listen(server, options), close: () => close(server) };
}

/** What /readyz answers: 200 when work is welcome, 503 while starting or draining. */
export function readinessOf(health: Readiness): { status: number; body: object } {
  const status = health.draining ? 'draining' : health.ready ? 'ready' : 'starting';
  return { status: health.ready ? 200 : 503, body: { status, dependencies: health.dependencyStates() } };
}

function sendReadiness(response: ServerResponse, health: Readiness): void {
  const { status, body } = readinessOf(health);
  send(response, status, body);
}

async function sendMetrics(response: ServerResponse): Promise<void> {
  const text = await metricsText().catch((error: unknown) => error as Error);
  if (text instanceof Error) return send(response, 500, { error: text.message });
  response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8', 'cache-control': 'no-store' });
  response.end(text);
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

function listen(server: Server, { host, port }: { host: string; port: number }): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
