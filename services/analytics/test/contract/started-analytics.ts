import { fileURLToPath } from 'node:url';
import type { CallContext } from '@seams/call';
import {
  analyticsService,
  type GetCafeReportResponse,
  type OrderPlacedInput,
  orderPlaced,
  type PrincipalInput,
} from '@seams/contracts';
import type { OutgoingMessage } from '@seams/messaging';
import { type Caller, callerOf, openChannel } from '@seams/rpc';
import {
  freePorts,
  quietLogger,
  type Readiness,
  readyz,
  type TestDatabase,
  testBrokers,
  testDatabase,
  testEnvironment,
  within,
} from '@seams/testkit';
import { readConfig } from '../../src/config.ts';
import { startAnalytics } from '../../src/service.ts';

const migrations = fileURLToPath(new URL('../../migrations', import.meta.url));

export const database = (): Promise<TestDatabase> => testDatabase('analytics', migrations);

export const ctx = (atMostMs = 5_000): CallContext => within(atMostMs);

export interface Place {
  readonly postgresUrl: string;
  readonly topic: string;
  readonly deadLetters: string;
  readonly group: string;
  /** Off unless said, as everywhere. */
  readonly labs?: 'on' | 'off';
}

export interface StartedAnalytics {
  readonly analytics: Caller<typeof analyticsService>;
  readyz(): Promise<Readiness>;
  stop(): Promise<void>;
}

/** The whole service in this process, on ports, topics and a group of its own, asked over gRPC as the gateway asks. */
export async function startedAnalytics(place: Place, brokers = testBrokers()): Promise<StartedAnalytics> {
  const ports = await freePorts();
  const config = readConfig({
    ...testEnvironment('analytics', ports),
    POSTGRES_URL: place.postgresUrl,
    KAFKA_BROKERS: brokers.join(','),
    ORDERS_TOPIC: place.topic,
    DEAD_LETTERS_TOPIC: place.deadLetters,
    CONSUMER_GROUP: place.group,
    ...(place.labs ? { SEAMS_LABS: place.labs } : {}),
  });
  const running = await startAnalytics(config, { log: quietLogger, shutdown: async () => {} });
  const channel = openChannel('analytics', `ipv4:127.0.0.1:${ports.grpc}`);
  return {
    analytics: callerOf(analyticsService, channel),
    readyz: () => readyz(ports),
    stop: async () => {
      channel.close();
      await running.stop();
    },
  };
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
