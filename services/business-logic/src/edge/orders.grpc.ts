import type { CallContext } from '@seams/call';
import {
  type GetOrderRequest,
  type ListOrdersRequest,
  type ListOrdersResponse,
  type Order,
  orderService,
  type PlaceOrderRequest,
  type PlaceOrderResponse,
} from '@seams/contracts';
import { type Implementation, implement } from '@seams/rpc';

interface UseCases {
  placeOrder(ctx: CallContext, request: PlaceOrderRequest): Promise<PlaceOrderResponse>;
  getOrder(ctx: CallContext, request: GetOrderRequest): Promise<Order>;
  listOrders(ctx: CallContext, request: ListOrdersRequest): Promise<ListOrdersResponse>;
}

export function ordersOverGrpc({ placeOrder, getOrder, listOrders }: UseCases): Implementation {
  return implement(orderService, {
    PlaceOrder: placeOrder,
    GetOrder: async (ctx, request) => ({ order: await getOrder(ctx, request) }),
    ListOrders: listOrders,
  });
}
