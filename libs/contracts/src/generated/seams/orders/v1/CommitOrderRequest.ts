// Original file: protos/seams/orders/v1/orders.proto

import type { RequestKeyInput as _seams_call_v1_RequestKeyInput, RequestKey as _seams_call_v1_RequestKey } from '../../../seams/call/v1/RequestKey.ts';
import type { OrderInput as _seams_orders_v1_OrderInput, Order as _seams_orders_v1_Order } from '../../../seams/orders/v1/Order.ts';
import type { RefusalInput as _seams_call_v1_RefusalInput, Refusal as _seams_call_v1_Refusal } from '../../../seams/call/v1/Refusal.ts';

export interface CommitOrderRequestInput {
  'key'?: (_seams_call_v1_RequestKeyInput | null);
  'placed'?: (_seams_orders_v1_OrderInput | null);
  'refused'?: (_seams_call_v1_RefusalInput | null);
  'decision'?: "placed"|"refused";
}

export interface CommitOrderRequest {
  'key': (_seams_call_v1_RequestKey | null);
  'placed'?: (_seams_orders_v1_Order | null);
  'refused'?: (_seams_call_v1_Refusal | null);
  'decision'?: "placed"|"refused";
}
