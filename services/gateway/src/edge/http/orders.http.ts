import { Controller, Inject } from '@nestjs/common';
import { Failure } from '@seams/call';
import type { Order } from '@seams/contracts';
import { annotate } from '@seams/telemetry';
import type { BusinessLogic } from '../../outbound/business-logic.ts';
import { ORDER_TAG } from '../../outbound/traces.ts';
import { cursorOf, orderIdOf } from './cursor.ts';
import { replayedHeader } from './replayed.ts';
import { ORDERS_PER_PAGE, routes } from './routes.ts';
import type { Order as OrderBody } from './schemas.ts';
import { type Answer, type Asked, Serve } from './serve.ts';
import { BUSINESS_LOGIC } from './tokens.ts';

@Controller()
export class OrdersHttp {
  constructor(@Inject(BUSINESS_LOGIC) private readonly businessLogic: BusinessLogic) {}

  @Serve(routes.placeOrder)
  async place({
    ctx,
    principal,
    key,
    body,
  }: Asked<typeof routes.placeOrder>): Promise<Answer<typeof routes.placeOrder>> {
    const { order, replayed } = await this.businessLogic.placeOrder(ctx, { principal, key, ...body });
    // So that an operator finds the trace by what the customer knows.
    annotate({ [ORDER_TAG]: order.orderId });
    return {
      body: encodeOrder(order),
      headers: { Location: `/v1/orders/${order.orderId}`, ...replayedHeader(replayed) },
    };
  }

  @Serve(routes.getOrder)
  async get({ ctx, principal, params }: Asked<typeof routes.getOrder>): Promise<Answer<typeof routes.getOrder>> {
    return { body: encodeOrder(await this.businessLogic.getOrder(ctx, { principal, ...params })) };
  }

  @Serve(routes.listOrders)
  async list({ ctx, principal, query }: Asked<typeof routes.listOrders>): Promise<Answer<typeof routes.listOrders>> {
    const afterOrderId = query.cursor === undefined ? '' : orderIdOf(query.cursor);
    const pageSize = query.limit ?? ORDERS_PER_PAGE;
    const page = await this.businessLogic.listOrders(ctx, { principal, afterOrderId, pageSize });
    return { body: { orders: page.orders.map(encodeOrder), nextCursor: cursorOf(page.nextAfterOrderId) } };
  }
}

/** A function of the order alone, in a fixed order: a replayed answer is the same byte for byte. */
function encodeOrder(order: Order): OrderBody {
  return {
    orderId: order.orderId,
    cafeId: order.cafeId,
    status: encodeStatus(order.status),
    items: order.lines.map(({ itemId, name, quantity, unitPriceCents }) => ({
      itemId,
      name,
      quantity,
      unitPriceCents,
    })),
    totalCents: order.totalCents,
    currency: order.currency,
    placedAt: new Date(order.placedAtMs).toISOString(),
    version: order.version,
    ...(order.clientNonce === '' ? {} : { clientNonce: order.clientNonce }),
  };
}

function encodeStatus(status: Order['status']): OrderBody['status'] {
  if (status === 'ORDER_STATUS_PLACED') return 'placed';
  throw new Failure('bug', 'status_unknown');
}
