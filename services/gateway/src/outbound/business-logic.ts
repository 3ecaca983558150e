import type { CallContext } from '@seams/call';
import {
  type Cafe,
  type GetOrderRequestInput,
  type ListOrdersRequestInput,
  type ListOrdersResponse,
  type Menu,
  menuService,
  type Order,
  orderService,
  type PlaceOrderRequestInput,
  type PrincipalInput,
  type TopUp,
  type TopUpRequestInput,
  type Wallet,
  walletService,
} from '@seams/contracts';
import type { Policy } from '@seams/resilience';
import { type Channel, callerOf } from '@seams/rpc';
import { present } from './present.ts';

export interface BusinessLogic {
  /** `staleMs` 0 is as of the question. */
  listCafes(ctx: CallContext): Promise<{ cafes: Cafe[]; staleMs: number }>;
  getMenu(ctx: CallContext, cafeId: string): Promise<{ menu: Menu; staleMs: number }>;
  topUp(ctx: CallContext, request: TopUpRequestInput): Promise<{ topUp: TopUp; replayed: boolean }>;
  getWallet(ctx: CallContext, principal: PrincipalInput): Promise<Wallet>;
  placeOrder(ctx: CallContext, request: PlaceOrderRequestInput): Promise<{ order: Order; replayed: boolean }>;
  getOrder(ctx: CallContext, request: GetOrderRequestInput): Promise<Order>;
  listOrders(ctx: CallContext, request: ListOrdersRequestInput): Promise<ListOrdersResponse>;
}

/** business-logic over gRPC. Everything here may run twice without harm: reads, and writes under the client's key. */
export function businessLogicOver(channel: Channel, policy: Policy, { shared }: { shared: boolean }): BusinessLogic {
  const menus = callerOf(menuService, channel, { repeatable: true });
  const orders = callerOf(orderService, channel, { repeatable: true, batched: shared ? ['PlaceOrder'] : [] });
  const wallets = callerOf(walletService, channel, { repeatable: true });
  const ask = <T>(ctx: CallContext, attempt: (ctx: CallContext) => Promise<T>): Promise<T> =>
    policy.run(ctx, { repeatable: true }, attempt);

  return {
    listCafes: (ctx) => ask(ctx, (attempt) => menus.ListCafes(attempt, {})),
    getMenu: async (ctx, cafeId) => {
      const { menu, staleMs } = await ask(ctx, (attempt) => menus.GetMenu(attempt, { cafeId }));
      return { menu: present(menu), staleMs };
    },
    topUp: async (ctx, request) => {
      const { topUp, replayed } = await ask(ctx, (attempt) => wallets.TopUp(attempt, request));
      return { topUp: present(topUp), replayed };
    },
    getWallet: async (ctx, principal) =>
      present((await ask(ctx, (attempt) => wallets.GetWallet(attempt, { principal }))).wallet),
    placeOrder: async (ctx, request) => {
      const { order, replayed } = await ask(ctx, (attempt) => orders.PlaceOrder(attempt, request));
      return { order: present(order), replayed };
    },
    getOrder: async (ctx, request) => present((await ask(ctx, (attempt) => orders.GetOrder(attempt, request))).order),
    listOrders: (ctx, request) => ask(ctx, (attempt) => orders.ListOrders(attempt, request)),
  };
}
