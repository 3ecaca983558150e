/**
 * The contracts in protos/ at run time: service definitions for gRPC, and one codec per event on Kafka.
 * The types beside them are generated (`npm run generate`) and checked in; `npm run check` fails when they differ.
 */
import { fileURLToPath } from 'node:url';
import { loadSync, type MessageTypeDefinition } from '@grpc/proto-loader';
import type { AnalyticsServiceDefinition } from './generated/seams/analytics/v1/AnalyticsService.ts';
import type { AuthServiceDefinition } from './generated/seams/auth/v1/AuthService.ts';
import type { BatchServiceDefinition } from './generated/seams/call/v1/BatchService.ts';
import type { Refusal, RefusalInput } from './generated/seams/call/v1/Refusal.ts';
import type { OrderPlaced, OrderPlacedInput } from './generated/seams/events/v1/OrderPlaced.ts';
import type { MenuServiceDefinition } from './generated/seams/menu/v1/MenuService.ts';
import type { MenuStoreServiceDefinition } from './generated/seams/menu/v1/MenuStoreService.ts';
import type { CommitOrderResponse, CommitOrderResponseInput } from './generated/seams/orders/v1/CommitOrderResponse.ts';
import type { OrderServiceDefinition } from './generated/seams/orders/v1/OrderService.ts';
import type { OrderStoreServiceDefinition } from './generated/seams/orders/v1/OrderStoreService.ts';
import type { CommitTopUpResponse, CommitTopUpResponseInput } from './generated/seams/wallet/v1/CommitTopUpResponse.ts';
import type { WalletServiceDefinition } from './generated/seams/wallet/v1/WalletService.ts';
import type { WalletStoreServiceDefinition } from './generated/seams/wallet/v1/WalletStoreService.ts';

export * from './generated/messages.ts';
export * from './limits.ts';

const protosFolder = fileURLToPath(new URL('../../../protos', import.meta.url));

// Same switches as `npm run generate` gives the type generator: the types are true only while these agree.
// Money fits: every amount is bounded far below 2^53, so int64 is read as a number.
const definitions = loadSync(
  ['analytics', 'auth', 'call', 'events', 'menu', 'orders', 'wallet'].map((area) => `seams/${area}/v1/${area}.proto`),
  { includeDirs: [protosFolder], longs: Number, enums: String, defaults: true, arrays: true, oneofs: true },
);

function definition<T>(fullName: string): T {
  const found = definitions[fullName];
  if (!found) throw new Error(`protos/ names no ${fullName}`);
  return found as T;
}

export const analyticsService = definition<AnalyticsServiceDefinition>('seams.analytics.v1.AnalyticsService');
export const authService = definition<AuthServiceDefinition>('seams.auth.v1.AuthService');
export const menuService = definition<MenuServiceDefinition>('seams.menu.v1.MenuService');
export const menuStoreService = definition<MenuStoreServiceDefinition>('seams.menu.v1.MenuStoreService');
export const orderService = definition<OrderServiceDefinition>('seams.orders.v1.OrderService');
export const orderStoreService = definition<OrderStoreServiceDefinition>('seams.orders.v1.OrderStoreService');
export const batchService = definition<BatchServiceDefinition>('seams.call.v1.BatchService');
export const walletService = definition<WalletServiceDefinition>('seams.wallet.v1.WalletService');
export const walletStoreService = definition<WalletStoreServiceDefinition>('seams.wallet.v1.WalletStoreService');

/** Bytes of one protobuf message and back. `decode` throws on bytes that are not such a message. */
export interface Codec<Input, Output> {
  readonly fullName: string;
  encode(message: Input): Buffer;
  decode(bytes: Buffer): Output;
}

function codec<Input, Output>(fullName: string): Codec<Input, Output> {
  const { serialize, deserialize } = definition<MessageTypeDefinition<Input, Output>>(fullName);
  return { fullName, encode: serialize, decode: deserialize };
}

export const orderPlaced = codec<OrderPlacedInput, OrderPlaced>('seams.events.v1.OrderPlaced');

/** What storage keeps as the first answer under an idempotency key. */
export const commitOrderResponse = codec<CommitOrderResponseInput, CommitOrderResponse>(
  'seams.orders.v1.CommitOrderResponse',
);
export const commitTopUpResponse = codec<CommitTopUpResponseInput, CommitTopUpResponse>(
  'seams.wallet.v1.CommitTopUpResponse',
);
export const refusal = codec<RefusalInput, Refusal>('seams.call.v1.Refusal');
