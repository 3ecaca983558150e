// Original file: protos/seams/orders/v1/orders.proto

import type { PrincipalInput as _seams_call_v1_PrincipalInput, Principal as _seams_call_v1_Principal } from '../../../seams/call/v1/Principal.ts';
import type { RequestKeyInput as _seams_call_v1_RequestKeyInput, RequestKey as _seams_call_v1_RequestKey } from '../../../seams/call/v1/RequestKey.ts';
import type { OrderItemInput as _seams_orders_v1_OrderItemInput, OrderItem as _seams_orders_v1_OrderItem } from '../../../seams/orders/v1/OrderItem.ts';

export interface PlaceOrderRequestInput {
  'principal'?: (_seams_call_v1_PrincipalInput | null);
  'key'?: (_seams_call_v1_RequestKeyInput | null);
  'cafeId'?: (string);
  'items'?: (_seams_orders_v1_OrderItemInput)[];
  'clientNonce'?: (string);
}

export interface PlaceOrderRequest {
  'principal': (_seams_call_v1_Principal | null);
  'key': (_seams_call_v1_RequestKey | null);
  'cafeId': (string);
  'items': (_seams_orders_v1_OrderItem)[];
  'clientNonce': (string);
}
