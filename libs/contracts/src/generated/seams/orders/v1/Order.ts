// Original file: protos/seams/orders/v1/orders.proto

import type { OrderStatusInput as _seams_orders_v1_OrderStatusInput, OrderStatus as _seams_orders_v1_OrderStatus } from '../../../seams/orders/v1/OrderStatus.ts';
import type { OrderLineInput as _seams_orders_v1_OrderLineInput, OrderLine as _seams_orders_v1_OrderLine } from '../../../seams/orders/v1/OrderLine.ts';
import type { Long } from '@grpc/proto-loader';

export interface OrderInput {
  /**
   * UUID, version 7.
   */
  'orderId'?: (string);
  'customerId'?: (string);
  'cafeId'?: (string);
  'status'?: (_seams_orders_v1_OrderStatusInput);
  'lines'?: (_seams_orders_v1_OrderLineInput)[];
  /**
   * Sum over the lines of quantity × unit price, in integer cents.
   */
  'totalCents'?: (number | string | Long);
  /**
   * ISO 4217.
   */
  'currency'?: (string);
  /**
   * Unix time in milliseconds.
   */
  'placedAtMs'?: (number | string | Long);
  /**
   * Rises by one with each change of the order; 1 when placed.
   */
  'version'?: (number);
  /**
   * A plain mark of the client's own, empty if none: shows doubles even if keys broke.
   */
  'clientNonce'?: (string);
}

export interface Order {
  /**
   * UUID, version 7.
   */
  'orderId': (string);
  'customerId': (string);
  'cafeId': (string);
  'status': (_seams_orders_v1_OrderStatus);
  'lines': (_seams_orders_v1_OrderLine)[];
  /**
   * Sum over the lines of quantity × unit price, in integer cents.
   */
  'totalCents': (number);
  /**
   * ISO 4217.
   */
  'currency': (string);
  /**
   * Unix time in milliseconds.
   */
  'placedAtMs': (number);
  /**
   * Rises by one with each change of the order; 1 when placed.
   */
  'version': (number);
  /**
   * A plain mark of the client's own, empty if none: shows doubles even if keys broke.
   */
  'clientNonce': (string);
}
