// Original file: protos/seams/call/v1/call.proto

import type { TakenAnswerInput as _seams_call_v1_TakenAnswerInput, TakenAnswer as _seams_call_v1_TakenAnswer } from '../../../seams/call/v1/TakenAnswer.ts';

export interface TakeResponseInput {
  'answers'?: (_seams_call_v1_TakenAnswerInput)[];
}

export interface TakeResponse {
  'answers': (_seams_call_v1_TakenAnswer)[];
}
