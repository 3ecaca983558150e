// Original file: protos/seams/orders/v1/orders.proto

import type { OrderInput as _seams_orders_v1_OrderInput, Order as _seams_orders_v1_Order } from '../../../seams/orders/v1/Order.ts';

export interface PlaceOrderResponseInput {
  'order'?: (_seams_orders_v1_OrderInput | null);
  /**
   * True when this is the answer to an earlier request under the same key.
   */
  'replayed'?: (boolean);
}

export interface PlaceOrderResponse {
  'order': (_seams_orders_v1_Order | null);
  /**
   * True when this is the answer to an earlier request under the same key.
   */
  'replayed': (boolean);
}
