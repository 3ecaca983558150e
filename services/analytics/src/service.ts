import { type DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { createLifecycle, createOpsServer, type OpenOps, type Running } from '@seams/lifecycle';
import { openPublisher, type Publisher } from '@seams/messaging';
import { type Db, openDb } from '@seams/postgres';
import { overGrpc, type RpcServer, type Transport } from '@seams/rpc';
import type { Logger, Telemetry } from '@seams/telemetry';
import type { Config } from './config.ts';
import { analyticsEdge } from './edge/analytics.grpc.ts';
import { ordersConsumer } from './edge/orders.consumer.ts';
import { countEveryDelivery } from './naive/every-delivery-store.ts';
import { countOrderWith, type Ports } from './orders/count-order.ts';
import { countOnce } from './orders/totals-store.ts';
import { getCafeReportWith } from './reports/get-cafe-report.ts';
import { readReport } from './reports/report-store.ts';

export { type Config, readConfig } from './config.ts';

/** Tokens of the graph below. */
const DB = 'db';
const DEAD_LETTERS = 'dead-letters';
const CONSUMER = 'consumer';
const LIFECYCLE = 'lifecycle';

type Consumer = ReturnType<typeof ordersConsumer>;

@Module({})
class AnalyticsModule {
  static with(config: Config, { log }: Telemetry, transport: Transport, openOps: OpenOps): DynamicModule {
    return {
      module: AnalyticsModule,
      providers: [
        { provide: DB, useFactory: () => dbOf(config, log) },
        { provide: DEAD_LETTERS, useFactory: () => openPublisher(kafkaOf(config, log)) },
        {
          provide: CONSUMER,
          useFactory: (db: Db, deadLetters: Publisher) => consumerOf(config, log, db, deadLetters),
          inject: [DB, DEAD_LETTERS],
        },
        {
          provide: LIFECYCLE,
          useFactory: (db: Db, deadLetters: Publisher, consumer: Consumer) =>
            createLifecycle({
              host: config.HOST,
              opsPort: config.OPS_PORT,
              openOps,
              drainMsMax: config.DRAIN_MS_MAX,
              log,
              dependencies: [{ name: 'postgres', check: () => db.ping() }, consumer.dependency],
              listeners: [serverOf(config, log, db, transport)],
              background: [consumer],
              stores: [deadLetters, db],
            }),
          inject: [DB, DEAD_LETTERS, CONSUMER],
        },
      ],
    };
  }
}

export async function startAnalytics(
  config: Config,
  telemetry: Telemetry,
  transport: Transport = overGrpc,
  openOps: OpenOps = createOpsServer,
): Promise<Running> {
  const app = await NestFactory.createApplicationContext(AnalyticsModule.with(config, telemetry, transport, openOps), {
    logger: false,
    abortOnError: false,
  });
  return { stop: () => app.close() };
}

const dbOf = (config: Config, log: Logger): Db =>
  openDb({
    name: 'analytics',
    url: config.POSTGRES_URL,
    password: config.POSTGRES_URL_PASSWORD,
    applicationName: config.SEAMS_PROCESS,
    connectionsMax: config.POSTGRES_CONNECTIONS_MAX,
    log,
  });

const kafkaOf = (config: Config, log: Logger) => ({
  brokers: config.KAFKA_BROKERS,
  clientId: config.SEAMS_PROCESS,
  log,
});

const consumerOf = (config: Config, log: Logger, db: Db, deadLetters: Publisher): Consumer =>
  ordersConsumer({
    ...kafkaOf(config, log),
    groupId: config.CONSUMER_GROUP,
    topic: config.ORDERS_TOPIC,
    deadLetterTopic: config.DEAD_LETTERS_TOPIC,
    deadLetters,
    labs: config.SEAMS_LABS === 'on',
    callee: 'analytics',
    handle: countOrderWith({
      countOnce: countingWith(db),
      alarm: (fields, text) => log.error(fields, text),
    }),
  });

function countingWith(db: Db): Ports['countOnce'] {
  const [once, naive] = [countOnce(db), countEveryDelivery(db)];
  return (ctx, event, payload) => (ctx.without?.has('dedupe') ? naive : once)(ctx, event, payload);
}

const serverOf = (config: Config, log: Logger, db: Db, transport: Transport): RpcServer =>
  transport.serve({
    callee: 'analytics',
    host: config.HOST,
    port: config.GRPC_PORT,
    log,
    requestMsMax: config.REQUEST_MS_MAX,
    labs: config.SEAMS_LABS === 'on',
    implementations: [analyticsEdge({ getCafeReport: getCafeReportWith({ readReport: readReport(db) }) })],
  });
