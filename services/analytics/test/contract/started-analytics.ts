import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { type CallContext, Failure, rootContext } from '@seams/call';
import {
  analyticsService,
  type GetCafeReportResponse,
  type OrderPlacedInput,
  orderPlaced,
  type PrincipalInput,
} from '@seams/contracts';
import type { OutgoingMessage } from '@seams/messaging';
import { type Caller, callerOf, openChannel } from '@seams/rpc';
import { eventually, quietLogger, type TestDatabase, testBrokers, testDatabase } from '@seams/testkit';
import { readConfig } from '../../src/config.ts';
import { startAnalytics } from '../../src/service.ts';

const migrations = fileURLToPath(new URL('../../migrations', import.meta.url));

export const database = (): Promise<TestDatabase> => testDatabase('analytics', migrations);

export const ctx = (atMostMs = 5_000): CallContext => rootContext({ atMostMs, signal: new AbortController().signal });

export interface Place {
  readonly postgresUrl: string;
  readonly topic: string;
  readonly deadLetters: string;
  readonly group: string;
}

export interface StartedAnalytics {
  readonly analytics: Caller<typeof analyticsService>;
  readyz(): Promise<{ status: number; body: { status: string; dependencies: { name: string; status: string }[] } }>;
  stop(): Promise<void>;
}

/** The whole service in this process, on ports, topics and a group of its own, asked over gRPC as the gateway asks. */
export async function startedAnalytics(place: Place, brokers = testBrokers()): Promise<StartedAnalytics> {
  const [grpc, ops] = await freePorts();
  const config = readConfig({
    SEAMS_PROCESS: 'analytics-test',
    OPS_PORT: String(ops),
    GRPC_PORT: String(grpc),
    OTLP_URL: 'http://127.0.0.1:1',
    TRACE_RATIO: '0',
    REQUEST_MS_MAX: '5000',
    DRAIN_MS_MAX: '5000',
    POSTGRES_URL: place.postgresUrl,
    KAFKA_BROKERS: brokers.join(','),
    ORDERS_TOPIC: place.topic,
    DEAD_LETTERS_TOPIC: place.deadLetters,
    CONSUMER_GROUP: place.group,
  });
  const running = await startAnalytics(config, { log: quietLogger, shutdown: async () => {} });
  const channel = openChannel(`ipv4:127.0.0.1:${grpc}`);
  return {
    analytics: callerOf(analyticsService, channel),
    readyz: async () => {
      const response = await fetch(`http://127.0.0.1:${ops}/readyz`);
      return { status: response.status, body: (await response.json()) as never };
    },
    stop: async () => {
      channel.close();
      await running.stop();
    },
  };
}

/** A new group's first join can take a few seconds on a machine that is busy. */
const JOIN_MS_MAX = 20_000;

export async function ready({ readyz }: StartedAnalytics): Promise<void> {
  await eventually(async () => {
    const { status, body } = await readyz();
    if (status !== 200) throw new Error(JSON.stringify(body));
  }, JOIN_MS_MAX);
}

export const OPERATOR: PrincipalInput = { subject: 'op', roles: ['operator'], cafeIds: [] };

/** 2026-11-21 12:00 UTC: the events of the tests happen in the day from here. */
export const NOON = Date.UTC(2026, 10, 21, 12);
export const DAY_MS = 86_400_000;

export function reportOf(
  { analytics }: StartedAnalytics,
  cafeId: string,
  request: { principal?: PrincipalInput; fromMs?: number; toMs?: number } = {},
): Promise<GetCafeReportResponse> {
  return analytics.GetCafeReport(ctx(), {
    principal: OPERATOR,
    cafeId,
    fromMs: NOON,
    toMs: NOON + DAY_MS,
    ...request,
  });
}

/** An order as storage would publish it; each call makes another one. */
export function orderMessage(topic: string, changes: OrderPlacedInput = {}): OutgoingMessage {
  const event = {
    eventId: crypto.randomUUID(),
    orderId: crypto.randomUUID(),
    customerId: crypto.randomUUID(),
    cafeId: 'harbour',
    lines: [{ itemId: 'harbour-espresso', quantity: 1, unitPriceCents: 220 }],
    totalCents: 220,
    currency: 'EUR',
    placedAtMs: NOON,
    orderVersion: 1,
    ...changes,
  };
  return {
    topic,
    key: event.orderId,
    value: orderPlaced.encode(event),
    headers: { 'event-id': event.eventId, 'event-type': orderPlaced.fullName, traceparent: '' },
  };
}

/** "kind/reason" of a failure, or "ok". */
export async function endingOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'ok';
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return `${error.kind}/${error.reason}`;
  }
}

async function freePorts(): Promise<[number, number]> {
  const servers = await Promise.all([listening(), listening()]);
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports as [number, number];
}

function listening(): Promise<ReturnType<typeof createServer>> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}
