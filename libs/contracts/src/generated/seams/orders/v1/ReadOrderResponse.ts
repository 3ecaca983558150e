// Original file: protos/seams/orders/v1/orders.proto

import type { OrderInput as _seams_orders_v1_OrderInput, Order as _seams_orders_v1_Order } from '../../../seams/orders/v1/Order.ts';

export interface ReadOrderResponseInput {
  'order'?: (_seams_orders_v1_OrderInput | null);
}

export interface ReadOrderResponse {
  'order': (_seams_orders_v1_Order | null);
}
