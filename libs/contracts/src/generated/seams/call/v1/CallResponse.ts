// Original file: protos/seams/call/v1/call.proto

import type { BatchedResultInput as _seams_call_v1_BatchedResultInput, BatchedResult as _seams_call_v1_BatchedResult } from '../../../seams/call/v1/BatchedResult.ts';

export interface CallResponseInput {
  'results'?: (_seams_call_v1_BatchedResultInput)[];
}

export interface CallResponse {
  'results': (_seams_call_v1_BatchedResult)[];
}
