import { randomUUID } from 'node:crypto';
import { type DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type CallContext, LAB_HEADER } from '@seams/call';
import {
  type Background,
  createLifecycle,
  createOpsServer,
  type OpenOps,
  type Running,
  repeating,
} from '@seams/lifecycle';
import { type FencedPublisher, openFencedPublisher, openPublisher, type Publisher } from '@seams/messaging';
import { type Db, openDb } from '@seams/postgres';
import { overGrpc, type RpcServer, type Transport } from '@seams/rpc';
import { activeCarrier, type Telemetry } from '@seams/telemetry';
import { v7 as uuidv7 } from 'uuid';
import type { Config } from './config.ts';
import { menuOverGrpc } from './edge/menu.grpc.ts';
import { ordersOverGrpc } from './edge/orders.grpc.ts';
import { walletsOverGrpc } from './edge/wallets.grpc.ts';
import { readAnswer } from './idempotency/record-store.ts';
import { KEYS_PER_SWEEP_MAX, sweepKeys } from './idempotency/sweep-store.ts';
import { chosenByRequest } from './naive/choose.ts';
import { publishAfterCommitTo } from './naive/publish-after-commit.ts';
import { commitOrderWith } from './orders/commit-order.ts';
import { recordOrder, takeStock } from './orders/order-store.ts';
import { publishTo } from './outbound/event-log.ts';
import { groupCommit } from './outbound/group-commit.ts';
import { renewingLease } from './outbound/lease-renewal.ts';
import { logPerEvent } from './outbound/log-per-event.ts';
import { createRelay, type Relay } from './outbound/relay.ts';
import { relayWithFaults } from './outbound/relay-faults.ts';
import { measureRelay } from './outbound/relay-metrics.ts';
import {
  forgetHeader,
  giveUpLease,
  markPublished,
  readLag,
  readWaiting,
  renewLease,
  takeLease,
  type WaitingEvent,
} from './outbox/outbox-store.ts';
import { type Ports as RelayPorts, relayOutboxWith } from './outbox/relay-outbox.ts';
import { commitTopUpWith } from './wallets/commit-top-up.ts';

export { type Config, readConfig } from './config.ts';

const DB = Symbol('Postgres, database "storage"');
const PUBLISHER = Symbol('Kafka, topic seams.orders.v1');
const UNFENCED = Symbol('Kafka without the outbox: for labs, connected when first used');
const RPC = Symbol('what this service answers');
const RELAY = Symbol('outbox → Kafka');
const LIFECYCLE = Symbol('start and stop');

// A turn is a lease, a read, a publish and a mark; kafkajs alone may try for 5 s.
const RELAY_TURN_MS_MAX = 10_000;
const RENEWALS_PER_LEASE = 3;
const SWEEP_MS_MAX = 30_000;

@Module({})
class StorageModule {
  static with(config: Config, { log }: Telemetry, transport: Transport, openOps: OpenOps): DynamicModule {
    return {
      module: StorageModule,
      providers: [
        {
          provide: DB,
          useFactory: () =>
            openDb({
              name: 'storage',
              url: config.POSTGRES_URL,
              password: config.POSTGRES_URL_PASSWORD,
              applicationName: config.SEAMS_PROCESS,
              connectionsMax: config.POSTGRES_CONNECTIONS_MAX,
              log,
            }),
        },
        {
          provide: PUBLISHER,
          useFactory: () => publisherOf(config, log),
        },
        {
          provide: UNFENCED,
          useFactory: () => openPublisher({ brokers: config.KAFKA_BROKERS, clientId: config.SEAMS_PROCESS, log }),
        },
        {
          provide: RPC,
          inject: [DB, UNFENCED],
          useFactory: (db: Db, unfenced: Publisher) => rpcOf({ db, unfenced, config, log, transport }),
        },
        {
          provide: RELAY,
          inject: [DB, PUBLISHER],
          useFactory: (db: Db, publisher: FencedPublisher) => relayOf(db, publisher, config, log),
        },
        {
          provide: LIFECYCLE,
          inject: [DB, PUBLISHER, UNFENCED, RPC, RELAY],
          useFactory: (...parts: [Db, FencedPublisher, Publisher, RpcServer, Relay]) =>
            lifecycleOf(parts, config, log, openOps),
        },
      ],
    };
  }
}

function rpcOf({ db, unfenced, config, log, transport }: Served): RpcServer {
  const ids = { newId: uuidv7, traceparent: () => activeCarrier().traceparent ?? '' };
  const real = commitOrderWith({
    ...ids,
    settle: groupCommit({ db, ordersMax: config.COMMIT_ORDERS_MAX, atOnceMax: config.COMMITS_AT_ONCE_MAX }),
    readAnswer: (ctx, key) => readAnswer(db, ctx, key),
  });
  const labs = config.SEAMS_LABS === 'on';
  const steps = { ...ids, db, recordOrder, takeStock };
  const commitOrder = labs ? chosenByRequest(real, steps, publishAfterCommitTo(unfenced)) : real;
  return transport.serve({
    callee: 'storage',
    host: config.HOST,
    port: config.GRPC_PORT,
    log,
    requestMsMax: config.REQUEST_MS_MAX,
    labs,
    implementations: [ordersOverGrpc(db, commitOrder), walletsOverGrpc(db, commitTopUpWith(db)), menuOverGrpc(db)],
  });
}

function lifecycleOf(
  [db, publisher, unfenced, rpc, relay]: [Db, FencedPublisher, Publisher, RpcServer, Relay],
  config: Config,
  log: Telemetry['log'],
  openOps: OpenOps,
) {
  return createLifecycle({
    host: config.HOST,
    opsPort: config.OPS_PORT,
    openOps,
    drainMsMax: config.DRAIN_MS_MAX,
    log,
    dependencies: [
      { name: 'postgres', check: () => db.ping() },
      // Without Kafka orders go on; their events wait in the outbox.
      { name: 'kafka', optional: true, check: () => publisher.ping() },
    ],
    listeners: [rpc],
    background: [relay, sweeperOf(db, config, log)],
    stores: [publisher, unfenced, db],
  });
}

interface Served {
  readonly db: Db;
  readonly unfenced: Publisher;
  readonly config: Config;
  readonly log: Telemetry['log'];
  readonly transport: Transport;
}

const publisherOf = (config: Config, log: Telemetry['log']): FencedPublisher =>
  openFencedPublisher({
    brokers: config.KAFKA_BROKERS,
    clientId: config.SEAMS_PROCESS,
    transactionalId: config.RELAY_TRANSACTIONAL_ID,
    // A turn that lasts longer marks nothing, so its batch comes again in any case.
    transactionMsMax: RELAY_TURN_MS_MAX,
    log,
  });

function relayOf(db: Db, publisher: FencedPublisher, config: Config, log: Telemetry['log']): Relay {
  // A restarted process is another holder: what it did before its end is unknown to it.
  const holder = `${config.SEAMS_PROCESS}/${randomUUID()}`;
  const leaseMs = config.RELAY_LEASE_MS;
  const kept = renewingLease({
    everyMs: leaseMs / RENEWALS_PER_LEASE,
    atMostMs: RELAY_TURN_MS_MAX,
    log,
    renew: (ctx, lease) => renewLease(db, ctx, lease, leaseMs),
  });
  const ports: RelayPorts = {
    takeLease: (ctx) => takeLease(db, ctx, holder, leaseMs),
    readWaiting: (ctx, eventsMax) => readWaiting(db, ctx, eventsMax),
    acquireFence: kept(({ term }) => publisher.acquireFence(term)),
    publish: kept(publishTo(publisher)),
    markPublished: (ctx, lease, ids) => markPublished(db, ctx, lease, ids),
  };
  const forgetFaults = (ctx: CallContext, { outboxId }: WaitingEvent): Promise<void> =>
    forgetHeader(db, ctx, outboxId, LAB_HEADER.faults);
  const relay = createRelay({
    db,
    log,
    pollMs: config.RELAY_POLL_MS,
    paceMs: config.RELAY_PACE_MS,
    turnMsMax: RELAY_TURN_MS_MAX,
    giveUpLease: (ctx) => giveUpLease(db, ctx, holder),
    relayOutbox: relayOutboxWith(
      logPerEvent(config.SEAMS_LABS === 'on' ? relayWithFaults(ports, forgetFaults) : ports, log),
    ),
  });
  measureRelay(relay, (ctx) => readLag(db, ctx));
  return relay;
}

function sweeperOf(db: Db, config: Config, log: Telemetry['log']): Background {
  return repeating({
    name: 'sweep of old idempotency keys',
    everyMs: config.SWEEP_EVERY_MS,
    roundMsMax: SWEEP_MS_MAX,
    log,
    round: async (ctx) => {
      let swept: number;
      do swept = await sweepKeys(db, ctx, config.IDEMPOTENCY_KEEP_HOURS);
      while (swept === KEYS_PER_SWEEP_MAX);
    },
  });
}

export async function startStorage(
  config: Config,
  telemetry: Telemetry,
  transport: Transport = overGrpc,
  openOps: OpenOps = createOpsServer,
): Promise<Running> {
  const app = await NestFactory.createApplicationContext(StorageModule.with(config, telemetry, transport, openOps), {
    logger: false,
    abortOnError: false,
  });
  return { stop: () => app.close() };
}
