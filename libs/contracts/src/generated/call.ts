import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { PrincipalInput as _seams_call_v1_PrincipalInput, Principal as _seams_call_v1_Principal } from './seams/call/v1/Principal.ts';
import type { RefusalInput as _seams_call_v1_RefusalInput, Refusal as _seams_call_v1_Refusal } from './seams/call/v1/Refusal.ts';
import type { RequestKeyInput as _seams_call_v1_RequestKeyInput, RequestKey as _seams_call_v1_RequestKey } from './seams/call/v1/RequestKey.ts';
import type { TakeRequestInput as _seams_call_v1_TakeRequestInput, TakeRequest as _seams_call_v1_TakeRequest } from './seams/call/v1/TakeRequest.ts';
import type { TakeResponseInput as _seams_call_v1_TakeResponseInput, TakeResponse as _seams_call_v1_TakeResponse } from './seams/call/v1/TakeResponse.ts';
import type { TakenAnswerInput as _seams_call_v1_TakenAnswerInput, TakenAnswer as _seams_call_v1_TakenAnswer } from './seams/call/v1/TakenAnswer.ts';
import type { TakenCallInput as _seams_call_v1_TakenCallInput, TakenCall as _seams_call_v1_TakenCall } from './seams/call/v1/TakenCall.ts';
import type { TogetherServiceClient as _seams_call_v1_TogetherServiceClient, TogetherServiceDefinition as _seams_call_v1_TogetherServiceDefinition } from './seams/call/v1/TogetherService.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  seams: {
    call: {
      v1: {
        Principal: MessageTypeDefinition<_seams_call_v1_PrincipalInput, _seams_call_v1_Principal>
        Refusal: MessageTypeDefinition<_seams_call_v1_RefusalInput, _seams_call_v1_Refusal>
        RequestKey: MessageTypeDefinition<_seams_call_v1_RequestKeyInput, _seams_call_v1_RequestKey>
        TakeRequest: MessageTypeDefinition<_seams_call_v1_TakeRequestInput, _seams_call_v1_TakeRequest>
        TakeResponse: MessageTypeDefinition<_seams_call_v1_TakeResponseInput, _seams_call_v1_TakeResponse>
        TakenAnswer: MessageTypeDefinition<_seams_call_v1_TakenAnswerInput, _seams_call_v1_TakenAnswer>
        TakenCall: MessageTypeDefinition<_seams_call_v1_TakenCallInput, _seams_call_v1_TakenCall>
        /**
         * Calls that share a stream: unary calls, several in one message, each answered by itself
         * (docs/decisions/0011-calls-that-leave-together.md).
         */
        TogetherService: SubtypeConstructor<typeof grpc.Client, _seams_call_v1_TogetherServiceClient> & { service: _seams_call_v1_TogetherServiceDefinition }
      }
    }
  }
}

