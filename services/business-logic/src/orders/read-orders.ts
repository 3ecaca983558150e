import { type CallContext, Failure } from '@seams/call';
import type { GetOrderRequest, ListOrdersRequest, ListOrdersResponse, Order } from '@seams/contracts';
import { identified, maySee } from '../principal.ts';

export interface Ports {
  /** Undefined when there is no such order. */
  readOrder(ctx: CallContext, orderId: string): Promise<Order | undefined>;
  readOrders(
    ctx: CallContext,
    page: { readonly customerId: string; readonly afterOrderId: string; readonly pageSize: number },
  ): Promise<ListOrdersResponse>;
}

/** One order. Someone else's is as unknown as one that never was, so that ids cannot be tried out. */
export const getOrderWith = (world: Pick<Ports, 'readOrder'>) =>
  async function getOrder(ctx: CallContext, request: GetOrderRequest): Promise<Order> {
    const principal = identified(request.principal);

    const order = await world.readOrder(ctx, request.orderId);

    if (!order || !maySee(principal, order)) throw new Failure('not_found', 'order_unknown', 'There is no such order.');
    return order;
  };

/** The customer's own orders, newest first. */
export const listOrdersWith = (world: Pick<Ports, 'readOrders'>) =>
  async function listOrders(ctx: CallContext, request: ListOrdersRequest): Promise<ListOrdersResponse> {
    const { subject } = identified(request.principal);
    return world.readOrders(ctx, {
      customerId: subject,
      afterOrderId: request.afterOrderId,
      pageSize: request.pageSize,
    });
  };
