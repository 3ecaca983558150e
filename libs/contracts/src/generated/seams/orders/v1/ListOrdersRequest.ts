// Original file: protos/seams/orders/v1/orders.proto

import type { PrincipalInput as _seams_call_v1_PrincipalInput, Principal as _seams_call_v1_Principal } from '../../../seams/call/v1/Principal.ts';

export interface ListOrdersRequestInput {
  'principal'?: (_seams_call_v1_PrincipalInput | null);
  /**
   * The id of the last order of the page before; empty for the first page.
   */
  'afterOrderId'?: (string);
  /**
   * 1 to 100.
   */
  'pageSize'?: (number);
}

export interface ListOrdersRequest {
  'principal': (_seams_call_v1_Principal | null);
  /**
   * The id of the last order of the page before; empty for the first page.
   */
  'afterOrderId': (string);
  /**
   * 1 to 100.
   */
  'pageSize': (number);
}
