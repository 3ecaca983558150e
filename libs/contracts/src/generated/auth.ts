import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { AuthServiceClient as _seams_auth_v1_AuthServiceClient, AuthServiceDefinition as _seams_auth_v1_AuthServiceDefinition } from './seams/auth/v1/AuthService.ts';
import type { AuthenticateRequestInput as _seams_auth_v1_AuthenticateRequestInput, AuthenticateRequest as _seams_auth_v1_AuthenticateRequest } from './seams/auth/v1/AuthenticateRequest.ts';
import type { AuthenticateResponseInput as _seams_auth_v1_AuthenticateResponseInput, AuthenticateResponse as _seams_auth_v1_AuthenticateResponse } from './seams/auth/v1/AuthenticateResponse.ts';
import type { GetSigningKeysRequestInput as _seams_auth_v1_GetSigningKeysRequestInput, GetSigningKeysRequest as _seams_auth_v1_GetSigningKeysRequest } from './seams/auth/v1/GetSigningKeysRequest.ts';
import type { GetSigningKeysResponseInput as _seams_auth_v1_GetSigningKeysResponseInput, GetSigningKeysResponse as _seams_auth_v1_GetSigningKeysResponse } from './seams/auth/v1/GetSigningKeysResponse.ts';
import type { LoginRequestInput as _seams_auth_v1_LoginRequestInput, LoginRequest as _seams_auth_v1_LoginRequest } from './seams/auth/v1/LoginRequest.ts';
import type { LoginResponseInput as _seams_auth_v1_LoginResponseInput, LoginResponse as _seams_auth_v1_LoginResponse } from './seams/auth/v1/LoginResponse.ts';
import type { RefreshRequestInput as _seams_auth_v1_RefreshRequestInput, RefreshRequest as _seams_auth_v1_RefreshRequest } from './seams/auth/v1/RefreshRequest.ts';
import type { RefreshResponseInput as _seams_auth_v1_RefreshResponseInput, RefreshResponse as _seams_auth_v1_RefreshResponse } from './seams/auth/v1/RefreshResponse.ts';
import type { RegisterRequestInput as _seams_auth_v1_RegisterRequestInput, RegisterRequest as _seams_auth_v1_RegisterRequest } from './seams/auth/v1/RegisterRequest.ts';
import type { RegisterResponseInput as _seams_auth_v1_RegisterResponseInput, RegisterResponse as _seams_auth_v1_RegisterResponse } from './seams/auth/v1/RegisterResponse.ts';
import type { TokensInput as _seams_auth_v1_TokensInput, Tokens as _seams_auth_v1_Tokens } from './seams/auth/v1/Tokens.ts';
import type { BatchServiceClient as _seams_call_v1_BatchServiceClient, BatchServiceDefinition as _seams_call_v1_BatchServiceDefinition } from './seams/call/v1/BatchService.ts';
import type { BatchedCallInput as _seams_call_v1_BatchedCallInput, BatchedCall as _seams_call_v1_BatchedCall } from './seams/call/v1/BatchedCall.ts';
import type { BatchedResultInput as _seams_call_v1_BatchedResultInput, BatchedResult as _seams_call_v1_BatchedResult } from './seams/call/v1/BatchedResult.ts';
import type { CallRequestInput as _seams_call_v1_CallRequestInput, CallRequest as _seams_call_v1_CallRequest } from './seams/call/v1/CallRequest.ts';
import type { CallResponseInput as _seams_call_v1_CallResponseInput, CallResponse as _seams_call_v1_CallResponse } from './seams/call/v1/CallResponse.ts';
import type { PrincipalInput as _seams_call_v1_PrincipalInput, Principal as _seams_call_v1_Principal } from './seams/call/v1/Principal.ts';
import type { RefusalInput as _seams_call_v1_RefusalInput, Refusal as _seams_call_v1_Refusal } from './seams/call/v1/Refusal.ts';
import type { RequestKeyInput as _seams_call_v1_RequestKeyInput, RequestKey as _seams_call_v1_RequestKey } from './seams/call/v1/RequestKey.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  seams: {
    auth: {
      v1: {
        /**
         * Answered by auth, called by gateway.
         */
        AuthService: SubtypeConstructor<typeof grpc.Client, _seams_auth_v1_AuthServiceClient> & { service: _seams_auth_v1_AuthServiceDefinition }
        AuthenticateRequest: MessageTypeDefinition<_seams_auth_v1_AuthenticateRequestInput, _seams_auth_v1_AuthenticateRequest>
        AuthenticateResponse: MessageTypeDefinition<_seams_auth_v1_AuthenticateResponseInput, _seams_auth_v1_AuthenticateResponse>
        GetSigningKeysRequest: MessageTypeDefinition<_seams_auth_v1_GetSigningKeysRequestInput, _seams_auth_v1_GetSigningKeysRequest>
        GetSigningKeysResponse: MessageTypeDefinition<_seams_auth_v1_GetSigningKeysResponseInput, _seams_auth_v1_GetSigningKeysResponse>
        LoginRequest: MessageTypeDefinition<_seams_auth_v1_LoginRequestInput, _seams_auth_v1_LoginRequest>
        LoginResponse: MessageTypeDefinition<_seams_auth_v1_LoginResponseInput, _seams_auth_v1_LoginResponse>
        RefreshRequest: MessageTypeDefinition<_seams_auth_v1_RefreshRequestInput, _seams_auth_v1_RefreshRequest>
        RefreshResponse: MessageTypeDefinition<_seams_auth_v1_RefreshResponseInput, _seams_auth_v1_RefreshResponse>
        RegisterRequest: MessageTypeDefinition<_seams_auth_v1_RegisterRequestInput, _seams_auth_v1_RegisterRequest>
        RegisterResponse: MessageTypeDefinition<_seams_auth_v1_RegisterResponseInput, _seams_auth_v1_RegisterResponse>
        Tokens: MessageTypeDefinition<_seams_auth_v1_TokensInput, _seams_auth_v1_Tokens>
      }
    }
    call: {
      v1: {
        /**
         * Batching: unary calls share a stream, several in one message, each with a result of its own
         * (docs/decisions/0011-calls-that-leave-together.md).
         */
        BatchService: SubtypeConstructor<typeof grpc.Client, _seams_call_v1_BatchServiceClient> & { service: _seams_call_v1_BatchServiceDefinition }
        BatchedCall: MessageTypeDefinition<_seams_call_v1_BatchedCallInput, _seams_call_v1_BatchedCall>
        BatchedResult: MessageTypeDefinition<_seams_call_v1_BatchedResultInput, _seams_call_v1_BatchedResult>
        CallRequest: MessageTypeDefinition<_seams_call_v1_CallRequestInput, _seams_call_v1_CallRequest>
        CallResponse: MessageTypeDefinition<_seams_call_v1_CallResponseInput, _seams_call_v1_CallResponse>
        Principal: MessageTypeDefinition<_seams_call_v1_PrincipalInput, _seams_call_v1_Principal>
        Refusal: MessageTypeDefinition<_seams_call_v1_RefusalInput, _seams_call_v1_Refusal>
        RequestKey: MessageTypeDefinition<_seams_call_v1_RequestKeyInput, _seams_call_v1_RequestKey>
      }
    }
  }
}

