import { type CallContext, Failure, type Failure as FailureType } from '@seams/call';
import {
  type Cafe,
  type ListOrdersResponse,
  type Menu,
  menuStoreService,
  type Order,
  orderStoreService,
  type PlaceOrderResponse,
  type RequestKey,
  type TopUpResponse,
  type Wallet,
  walletStoreService,
} from '@seams/contracts';
import type { Policy } from '@seams/resilience';
import { type Channel, callerOf } from '@seams/rpc';
import type * as orders from '../orders/place-order.ts';
import type * as reads from '../orders/read-orders.ts';
import type * as wallets from '../wallets/top-up.ts';

export interface Storage extends reads.Ports {
  commitOrder(ctx: CallContext, key: RequestKey, decision: orders.Decision): Promise<PlaceOrderResponse>;
  commitTopUp(ctx: CallContext, key: RequestKey, decision: wallets.Decision): Promise<TopUpResponse>;
  readWallet(ctx: CallContext, customerId: string): Promise<Wallet>;
  readCafes(ctx: CallContext): Promise<Cafe[]>;
  readMenu(ctx: CallContext, cafeId: string): Promise<Menu | undefined>;
}

/**
 * storage over gRPC. Every call here may run twice without harm: reads change nothing, and storage does a keyed write
 * once. So a lost reply is simply asked for again, at whichever replica comes next.
 */
export function storageOver(channel: Channel, policy: Policy, { shared }: { shared: boolean }): Storage {
  const orderStore = callerOf(orderStoreService, channel, {
    repeatable: true,
    batched: shared ? ['CommitOrder'] : [],
  });
  const walletStore = callerOf(walletStoreService, channel, { repeatable: true });
  const menuStore = callerOf(menuStoreService, channel, { repeatable: true });
  const ask = <T>(ctx: CallContext, attempt: (ctx: CallContext) => Promise<T>): Promise<T> =>
    policy.run(ctx, { repeatable: true }, attempt);

  return {
    commitOrder: async (ctx, key, decision) => {
      const request =
        decision.kind === 'placed' ? { key, placed: decision.order } : { key, refused: refusalOf(decision.failure) };
      return ask(ctx, (attempt) => orderStore.CommitOrder(attempt, request));
    },
    commitTopUp: async (ctx, key, decision) => {
      const request =
        decision.kind === 'accepted'
          ? { key, accepted: decision.topUp }
          : { key, refused: refusalOf(decision.failure) };
      return ask(ctx, (attempt) => walletStore.CommitTopUp(attempt, request));
    },
    readOrder: (ctx, orderId) =>
      ask(ctx, async (attempt) => present((await orderStore.ReadOrder(attempt, { orderId })).order)).catch(
        unknownIsUndefined<Order>,
      ),
    readOrders: (ctx, page): Promise<ListOrdersResponse> => ask(ctx, (attempt) => orderStore.ReadOrders(attempt, page)),
    readWallet: (ctx, customerId) =>
      ask(ctx, async (attempt) => present((await walletStore.ReadWallet(attempt, { customerId })).wallet)),
    readCafes: (ctx) => ask(ctx, async (attempt) => (await menuStore.ReadCafes(attempt, {})).cafes),
    readMenu: (ctx, cafeId) =>
      ask(ctx, async (attempt) => present((await menuStore.ReadMenu(attempt, { cafeId })).menu)).catch(
        unknownIsUndefined<Menu>,
      ),
  };
}

const refusalOf = ({ kind, reason, message }: FailureType) => ({ kind, reason, message });

function present<T>(value: T | null): T {
  if (value === null) throw new Failure('bug', 'empty_reply', 'Something went wrong on our side.');
  return value;
}

function unknownIsUndefined<T>(thrown: unknown): T | undefined {
  if (thrown instanceof Failure && thrown.kind === 'not_found') return undefined;
  throw thrown;
}
