import { type DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { monotonicMs } from '@seams/call';
import { createLifecycle, createOpsServer, type OpenOps, type Running } from '@seams/lifecycle';
import { chosenByRequest, measured, type Policy, policyAt, sharedAt } from '@seams/resilience';
import { type Channel, overGrpc, type RpcServer, type Transport } from '@seams/rpc';
import type { Telemetry } from '@seams/telemetry';
import { v7 as uuidv7 } from 'uuid';
import { type Config, storageLimits } from './config.ts';
import { menuOverGrpc } from './edge/menu.grpc.ts';
import { ordersOverGrpc } from './edge/orders.grpc.ts';
import { walletsOverGrpc } from './edge/wallets.grpc.ts';
import { placeOrderWith } from './orders/place-order.ts';
import { getOrderWith, listOrdersWith } from './orders/read-orders.ts';
import { cachedMenus } from './outbound/menu-cache.ts';
import { type Storage, storageOver } from './outbound/storage.ts';
import { topUpWith } from './wallets/top-up.ts';

export { type Config, readConfig } from './config.ts';

const CHANNEL = Symbol('channel to all storage replicas');
const STORAGE = Symbol('storage, behind its policy');
const RPC = Symbol('what this service answers');
const LIFECYCLE = Symbol('start and stop');

@Module({})
class BusinessLogicModule {
  static with(config: Config, { log }: Telemetry, transport: Transport, openOps: OpenOps): DynamicModule {
    return {
      module: BusinessLogicModule,
      providers: [
        { provide: CHANNEL, useFactory: () => transport.open('storage', config.STORAGE_TARGET, log) },
        {
          provide: STORAGE,
          inject: [CHANNEL],
          useFactory: (channel: Channel) =>
            storageOver(channel, policyFor(config), { shared: sharedAt(config.SEAMS_RUNG) }),
        },
        { provide: RPC, inject: [STORAGE], useFactory: (storage: Storage) => rpcOf(storage, config, log, transport) },
        {
          provide: LIFECYCLE,
          inject: [CHANNEL, RPC],
          useFactory: (channel: Channel, rpc: RpcServer) =>
            createLifecycle({
              host: config.HOST,
              opsPort: config.OPS_PORT,
              openOps,
              drainMsMax: config.DRAIN_MS_MAX,
              log,
              dependencies: [{ name: 'storage', check: (signal) => channel.check(signal) }],
              listeners: [rpc],
              stores: [channel],
            }),
        },
      ],
    };
  }
}

function policyFor(config: Config): Policy {
  const limits = storageLimits(config);
  const policy = measured(limits.name, policyAt(config.SEAMS_RUNG, limits));
  return config.SEAMS_LABS === 'on' ? chosenByRequest(policy, limits) : policy;
}

function rpcOf(storage: Storage, config: Config, log: Telemetry['log'], transport: Transport): RpcServer {
  const given = { newId: uuidv7, now: Date.now };
  const menus = cachedMenus(storage, {
    ttlMs: config.STORAGE_CACHE_TTL_MS,
    staleMsMax: config.STORAGE_STALE_MS_MAX,
    monotonicMs,
  });
  const { readPrices } = menus;
  const placeOrder = placeOrderWith({
    ...given,
    readPrices,
    readMenu: storage.readMenu,
    commit: storage.commitOrder,
  });
  return transport.serve({
    callee: 'business-logic',
    host: config.HOST,
    port: config.GRPC_PORT,
    log,
    requestMsMax: config.REQUEST_MS_MAX,
    labs: config.SEAMS_LABS === 'on',
    implementations: [
      ordersOverGrpc({ placeOrder, getOrder: getOrderWith(storage), listOrders: listOrdersWith(storage) }),
      walletsOverGrpc({ topUp: topUpWith({ ...given, commit: storage.commitTopUp }), readWallet: storage.readWallet }),
      menuOverGrpc(menus),
    ],
  });
}

export async function startBusinessLogic(
  config: Config,
  telemetry: Telemetry,
  transport: Transport = overGrpc,
  openOps: OpenOps = createOpsServer,
): Promise<Running> {
  const app = await NestFactory.createApplicationContext(
    BusinessLogicModule.with(config, telemetry, transport, openOps),
    {
      logger: false,
      abortOnError: false,
    },
  );
  return { stop: () => app.close() };
}
