/** The gateway under test, on real sockets, between a client and tiny servers that stand in for what it calls. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { CallContext } from '@seams/call';
import {
  type AnalyticsServiceDefinition,
  type AuthServiceDefinition,
  analyticsService,
  authService,
  type MenuServiceDefinition,
  menuService,
  type OrderServiceDefinition,
  orderService,
  type WalletServiceDefinition,
  walletService,
} from '@seams/contracts';
import { arrowConfig } from '@seams/resilience';
import { createRpcServer, type Handlers, type Implementation, implement } from '@seams/rpc';
import { createLogger, startTelemetry, type Telemetry } from '@seams/telemetry';
import { z } from 'zod';
import type { Config } from '../src/config.ts';
import { type Gateway, startGateway } from '../src/service.ts';
import { answers } from './answers.ts';
import { TOKENS } from './tokens.ts';

export const HOST = '127.0.0.1';

type Handler = (ctx: CallContext, request: never) => Promise<unknown>;

export interface World {
  readonly gateway: Gateway;
  readonly url: string;
  /** Names of the calls that reached a stand-in, in order: "PlaceOrder". */
  readonly calls: string[];
  /** The requests that came with them. */
  readonly requests: unknown[];
  /** Lets a stand-in answer otherwise, once. */
  next(method: string, handler: Handler): void;
  /** Cuts what is in flight at business-logic and takes no new call. */
  cutBusinessLogic(): Promise<void>;
  /** Everything that was logged, as text. */
  logged(): string;
  /** The spans that were exported so far, OTLP as JSON. */
  spans(): Span[];
  stop(): Promise<void>;
}

export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
}

const QUIET = createLogger({ service: 'stand-in', process: 'stand-in', logLevel: 'silent' });

export async function startWorld(changes: Partial<Config> = {}): Promise<World> {
  const calls: string[] = [];
  const requests: unknown[] = [];
  const instead = new Map<string, Handler>();
  const spoken =
    (method: string, handler: Handler): Handler =>
    (ctx, request) => {
      // Fetched by the gateway itself, whenever it likes.
      if (method !== 'GetSigningKeys') {
        calls.push(method);
        requests.push(request);
      }
      const other = instead.get(method);
      instead.delete(method);
      return (other ?? handler)(ctx, request);
    };
  const heard = <D extends object>(handlers: Handlers<D>): Handlers<D> =>
    Object.fromEntries(
      Object.entries(handlers).map(([name, handler]) => [name, spoken(name, handler as Handler)]),
    ) as unknown as Handlers<D>;

  const auth = await serve([implement(authService, heard<AuthServiceDefinition>(answers.auth))]);
  const businessLogic = await serve([
    implement(orderService, heard<OrderServiceDefinition>(answers.orders)),
    implement(walletService, heard<WalletServiceDefinition>(answers.wallets)),
    implement(menuService, heard<MenuServiceDefinition>(answers.menus)),
  ]);
  const analytics = await serve([implement(analyticsService, heard<AnalyticsServiceDefinition>(answers.analytics))]);
  const collector = await startCollector();
  const log: string[] = [];
  const telemetry = telemetryInto(collector.url, log);

  const gateway = await startGateway(
    {
      ...CONFIG,
      AUTH_TARGET: `ipv4:${HOST}:${auth.port}`,
      BUSINESS_LOGIC_TARGET: `ipv4:${HOST}:${businessLogic.port}`,
      ANALYTICS_TARGET: `ipv4:${HOST}:${analytics.port}`,
      OTLP_URL: collector.url,
      ...changes,
    },
    telemetry,
  );
  return {
    gateway,
    url: `http://${HOST}:${gateway.port}`,
    calls,
    requests,
    next: (method, handler) => instead.set(method, handler),
    cutBusinessLogic: () => businessLogic.stop(),
    logged: () => log.join(''),
    spans: () => collector.spans,
    stop: async () => {
      await gateway.stop();
      await Promise.all([auth, businessLogic, analytics].map(({ stop }) => stop()));
      await telemetry.shutdown();
      await collector.stop();
    },
  };
}

const CONFIG: Config = {
  SEAMS_PROCESS: 'gateway-test',
  HOST,
  HTTP_PORT: 0,
  OPS_PORT: 0,
  OTLP_URL: '',
  TRACE_RATIO: 1,
  LOG_LEVEL: 'debug',
  REQUEST_MS_MAX: 2_000,
  SEAMS_LABS: 'off',
  SEAMS_RUNG: 'whole',
  DRAIN_MS_MAX: 3_000,
  // Not what these tests are about, and five stand-ins share two cores with whatever else runs.
  ...z.object(arrowConfig('AUTH')).parse({ AUTH_TARGET: '?', AUTH_BUDGET_MS: 1_500, AUTH_ATTEMPTS_MAX: 1 }),
  ...z.object(arrowConfig('BUSINESS_LOGIC')).parse({
    BUSINESS_LOGIC_TARGET: '?',
    BUSINESS_LOGIC_BUDGET_MS: 1_800,
    BUSINESS_LOGIC_ATTEMPTS_MAX: 1,
  }),
  ...z.object(arrowConfig('ANALYTICS')).parse({
    ANALYTICS_TARGET: '?',
    ANALYTICS_BUDGET_MS: 1_000,
    ANALYTICS_ATTEMPTS_MAX: 1,
  }),
  REPLY_RESERVE_MS: 50,
  AUTH_CACHE_TTL_MS: 0,
  AUTH_STALE_MS_MAX: 900_000,
  ...TOKENS,
  ANALYTICS_STALE_MS_MAX: 3_600_000,
  AUDIT_MS_MAX: 5_000,
  IN_FLIGHT_MAX: 64,
  CUSTOMER_PER_S_MAX: 1_000,
  CUSTOMER_BURST_MAX: 1_000,
  ADDRESS_PER_S_MAX: 1_000,
  ADDRESS_BURST_MAX: 1_000,
  BUCKETS_MAX: 100,
  TRUST_FORWARDED_FOR: 'off',
};

async function serve(implementations: Implementation[]): Promise<{ port: number; stop(): Promise<void> }> {
  const server = createRpcServer({
    callee: 'any',
    host: HOST,
    port: 0,
    log: QUIET,
    requestMsMax: 5_000,
    labs: true,
    implementations,
  });
  const port = await server.listen();
  server.setServing(true);
  return { port, stop: () => server.drain(0) };
}

function telemetryInto(otlpUrl: string, lines: string[]): Telemetry {
  const names = { service: 'gateway', process: 'gateway-test', logLevel: 'debug' };
  const { shutdown } = startTelemetry({ ...names, otlpUrl, traceRatio: 1 });
  return { shutdown, log: createLogger(names, { write: (line: string) => void lines.push(line) }) };
}

async function startCollector(): Promise<{ url: string; spans: Span[]; stop(): Promise<void> }> {
  const spans: Span[] = [];
  const server = createServer(async (incoming, response) => {
    const { resourceSpans } = JSON.parse(Buffer.concat(await incoming.toArray()).toString());
    for (const { scopeSpans } of resourceSpans) for (const scope of scopeSpans) spans.push(...scope.spans);
    response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');
  }).listen(0, HOST);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${HOST}:${port}`,
    spans,
    stop: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Sends these bytes over a socket and gives all that comes until the other side closes. */
export async function raw(port: number, bytes: string | Buffer): Promise<string> {
  const socket = connect({ host: HOST, port });
  const parts: Buffer[] = [];
  socket.on('data', (part) => parts.push(part));
  socket.on('error', () => {}); // a reset after the answer is the other side closing
  socket.write(bytes);
  await once(socket, 'close');
  return Buffer.concat(parts).toString();
}

export async function eventually(holds: () => boolean, what = 'the condition'): Promise<void> {
  const giveUpAt = Date.now() + 5_000;
  while (!holds()) {
    if (Date.now() > giveUpAt) throw new Error(`${what} did not come true within 5 s`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
