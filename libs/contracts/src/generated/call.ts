import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { PrincipalInput as _seams_call_v1_PrincipalInput, Principal as _seams_call_v1_Principal } from './seams/call/v1/Principal.ts';
import type { RefusalInput as _seams_call_v1_RefusalInput, Refusal as _seams_call_v1_Refusal } from './seams/call/v1/Refusal.ts';
import type { RequestKeyInput as _seams_call_v1_RequestKeyInput, RequestKey as _seams_call_v1_RequestKey } from './seams/call/v1/RequestKey.ts';

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
      }
    }
  }
}

