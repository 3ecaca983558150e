import { type CallContext, Failure } from '@seams/call';
import { type CommitOrderRequest, type CommitOrderResponse, orderStoreService } from '@seams/contracts';
import type { Db } from '@seams/postgres';
import { type Implementation, implement } from '@seams/rpc';
import { readOrder, readOrders } from '../orders/order-store.ts';

export const PAGE_SIZE_MAX = 100;

export function ordersOverGrpc(
  db: Db,
  commitOrder: (ctx: CallContext, request: CommitOrderRequest) => Promise<CommitOrderResponse>,
): Implementation {
  return implement(orderStoreService, {
    CommitOrder: commitOrder,
    ReadOrder: async (ctx, { orderId }) => {
      const order = await readOrder((sql, values) => db.query(ctx, sql, values), orderId);
      if (!order) throw new Failure('not_found', 'order_unknown', 'There is no such order.');
      return { order };
    },
    ReadOrders: async (ctx, { customerId, afterOrderId, pageSize }) => {
      if (pageSize < 1 || pageSize > PAGE_SIZE_MAX) throw new Failure('invalid', 'page_size_out_of_range');
      const page = { customerId, afterOrderId, size: pageSize + 1 }; // one more tells whether there is a next page
      const orders = await readOrders((sql, values) => db.query(ctx, sql, values), page);
      const shown = orders.slice(0, pageSize);
      return { orders: shown, nextAfterOrderId: orders.length > pageSize ? (shown.at(-1)?.orderId ?? '') : '' };
    },
  });
}
