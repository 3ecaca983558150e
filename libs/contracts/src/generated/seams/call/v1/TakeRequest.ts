// Original file: protos/seams/call/v1/call.proto

import type { TakenCallInput as _seams_call_v1_TakenCallInput, TakenCall as _seams_call_v1_TakenCall } from '../../../seams/call/v1/TakenCall.ts';

export interface TakeRequestInput {
  'calls'?: (_seams_call_v1_TakenCallInput)[];
  /**
   * The numbers of calls that nobody waits for any more.
   */
  'givenUp'?: (number)[];
}

export interface TakeRequest {
  'calls': (_seams_call_v1_TakenCall)[];
  /**
   * The numbers of calls that nobody waits for any more.
   */
  'givenUp': (number)[];
}
