// Original file: protos/seams/orders/v1/orders.proto

import type { OrderInput as _seams_orders_v1_OrderInput, Order as _seams_orders_v1_Order } from '../../../seams/orders/v1/Order.ts';

export interface ReadOrdersResponseInput {
  'orders'?: (_seams_orders_v1_OrderInput)[];
  'nextAfterOrderId'?: (string);
}

export interface ReadOrdersResponse {
  'orders': (_seams_orders_v1_Order)[];
  'nextAfterOrderId': (string);
}
