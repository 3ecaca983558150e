// Original file: protos/seams/call/v1/call.proto

import type { BatchedCallInput as _seams_call_v1_BatchedCallInput, BatchedCall as _seams_call_v1_BatchedCall } from '../../../seams/call/v1/BatchedCall.ts';

export interface CallRequestInput {
  'calls'?: (_seams_call_v1_BatchedCallInput)[];
  /**
   * The ids of calls that were cancelled.
   */
  'cancelled'?: (number)[];
}

export interface CallRequest {
  'calls': (_seams_call_v1_BatchedCall)[];
  /**
   * The ids of calls that were cancelled.
   */
  'cancelled': (number)[];
}
