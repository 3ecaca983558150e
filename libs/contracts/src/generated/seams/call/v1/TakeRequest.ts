// Original file: protos/seams/call/v1/call.proto

import type { TakenCallInput as _seams_call_v1_TakenCallInput, TakenCall as _seams_call_v1_TakenCall } from '../../../seams/call/v1/TakenCall.ts';

export interface TakeRequestInput {
  /**
   * In the first message. A call is named by its place here, from 0.
   */
  'calls'?: (_seams_call_v1_TakenCallInput)[];
  /**
   * In later ones: the calls that nobody waits for any more.
   */
  'givenUp'?: (number)[];
}

export interface TakeRequest {
  /**
   * In the first message. A call is named by its place here, from 0.
   */
  'calls': (_seams_call_v1_TakenCall)[];
  /**
   * In later ones: the calls that nobody waits for any more.
   */
  'givenUp': (number)[];
}
