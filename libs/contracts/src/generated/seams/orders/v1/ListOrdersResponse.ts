// Original file: protos/seams/orders/v1/orders.proto

import type { OrderInput as _seams_orders_v1_OrderInput, Order as _seams_orders_v1_Order } from '../../../seams/orders/v1/Order.ts';

export interface ListOrdersResponseInput {
  'orders'?: (_seams_orders_v1_OrderInput)[];
  /**
   * Empty on the last page.
   */
  'nextAfterOrderId'?: (string);
}

export interface ListOrdersResponse {
  'orders': (_seams_orders_v1_Order)[];
  /**
   * Empty on the last page.
   */
  'nextAfterOrderId': (string);
}
