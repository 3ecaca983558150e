// Original file: protos/seams/orders/v1/orders.proto

import type { PrincipalInput as _seams_call_v1_PrincipalInput, Principal as _seams_call_v1_Principal } from '../../../seams/call/v1/Principal.ts';

export interface GetOrderRequestInput {
  'principal'?: (_seams_call_v1_PrincipalInput | null);
  'orderId'?: (string);
}

export interface GetOrderRequest {
  'principal': (_seams_call_v1_Principal | null);
  'orderId': (string);
}
