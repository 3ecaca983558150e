import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { BatchServiceClient as _seams_call_v1_BatchServiceClient, BatchServiceDefinition as _seams_call_v1_BatchServiceDefinition } from './seams/call/v1/BatchService.ts';
import type { BatchedCallInput as _seams_call_v1_BatchedCallInput, BatchedCall as _seams_call_v1_BatchedCall } from './seams/call/v1/BatchedCall.ts';
import type { BatchedResultInput as _seams_call_v1_BatchedResultInput, BatchedResult as _seams_call_v1_BatchedResult } from './seams/call/v1/BatchedResult.ts';
import type { CallRequestInput as _seams_call_v1_CallRequestInput, CallRequest as _seams_call_v1_CallRequest } from './seams/call/v1/CallRequest.ts';
import type { CallResponseInput as _seams_call_v1_CallResponseInput, CallResponse as _seams_call_v1_CallResponse } from './seams/call/v1/CallResponse.ts';
import type { PrincipalInput as _seams_call_v1_PrincipalInput, Principal as _seams_call_v1_Principal } from './seams/call/v1/Principal.ts';
import type { RefusalInput as _seams_call_v1_RefusalInput, Refusal as _seams_call_v1_Refusal } from './seams/call/v1/Refusal.ts';
import type { RequestKeyInput as _seams_call_v1_RequestKeyInput, RequestKey as _seams_call_v1_RequestKey } from './seams/call/v1/RequestKey.ts';
import type { CommitTopUpRequestInput as _seams_wallet_v1_CommitTopUpRequestInput, CommitTopUpRequest as _seams_wallet_v1_CommitTopUpRequest } from './seams/wallet/v1/CommitTopUpRequest.ts';
import type { CommitTopUpResponseInput as _seams_wallet_v1_CommitTopUpResponseInput, CommitTopUpResponse as _seams_wallet_v1_CommitTopUpResponse } from './seams/wallet/v1/CommitTopUpResponse.ts';
import type { GetWalletRequestInput as _seams_wallet_v1_GetWalletRequestInput, GetWalletRequest as _seams_wallet_v1_GetWalletRequest } from './seams/wallet/v1/GetWalletRequest.ts';
import type { GetWalletResponseInput as _seams_wallet_v1_GetWalletResponseInput, GetWalletResponse as _seams_wallet_v1_GetWalletResponse } from './seams/wallet/v1/GetWalletResponse.ts';
import type { ReadWalletRequestInput as _seams_wallet_v1_ReadWalletRequestInput, ReadWalletRequest as _seams_wallet_v1_ReadWalletRequest } from './seams/wallet/v1/ReadWalletRequest.ts';
import type { ReadWalletResponseInput as _seams_wallet_v1_ReadWalletResponseInput, ReadWalletResponse as _seams_wallet_v1_ReadWalletResponse } from './seams/wallet/v1/ReadWalletResponse.ts';
import type { TopUpInput as _seams_wallet_v1_TopUpInput, TopUp as _seams_wallet_v1_TopUp } from './seams/wallet/v1/TopUp.ts';
import type { TopUpRequestInput as _seams_wallet_v1_TopUpRequestInput, TopUpRequest as _seams_wallet_v1_TopUpRequest } from './seams/wallet/v1/TopUpRequest.ts';
import type { TopUpResponseInput as _seams_wallet_v1_TopUpResponseInput, TopUpResponse as _seams_wallet_v1_TopUpResponse } from './seams/wallet/v1/TopUpResponse.ts';
import type { WalletInput as _seams_wallet_v1_WalletInput, Wallet as _seams_wallet_v1_Wallet } from './seams/wallet/v1/Wallet.ts';
import type { WalletServiceClient as _seams_wallet_v1_WalletServiceClient, WalletServiceDefinition as _seams_wallet_v1_WalletServiceDefinition } from './seams/wallet/v1/WalletService.ts';
import type { WalletStoreServiceClient as _seams_wallet_v1_WalletStoreServiceClient, WalletStoreServiceDefinition as _seams_wallet_v1_WalletStoreServiceDefinition } from './seams/wallet/v1/WalletStoreService.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  seams: {
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
    wallet: {
      v1: {
        CommitTopUpRequest: MessageTypeDefinition<_seams_wallet_v1_CommitTopUpRequestInput, _seams_wallet_v1_CommitTopUpRequest>
        CommitTopUpResponse: MessageTypeDefinition<_seams_wallet_v1_CommitTopUpResponseInput, _seams_wallet_v1_CommitTopUpResponse>
        GetWalletRequest: MessageTypeDefinition<_seams_wallet_v1_GetWalletRequestInput, _seams_wallet_v1_GetWalletRequest>
        GetWalletResponse: MessageTypeDefinition<_seams_wallet_v1_GetWalletResponseInput, _seams_wallet_v1_GetWalletResponse>
        ReadWalletRequest: MessageTypeDefinition<_seams_wallet_v1_ReadWalletRequestInput, _seams_wallet_v1_ReadWalletRequest>
        ReadWalletResponse: MessageTypeDefinition<_seams_wallet_v1_ReadWalletResponseInput, _seams_wallet_v1_ReadWalletResponse>
        TopUp: MessageTypeDefinition<_seams_wallet_v1_TopUpInput, _seams_wallet_v1_TopUp>
        TopUpRequest: MessageTypeDefinition<_seams_wallet_v1_TopUpRequestInput, _seams_wallet_v1_TopUpRequest>
        TopUpResponse: MessageTypeDefinition<_seams_wallet_v1_TopUpResponseInput, _seams_wallet_v1_TopUpResponse>
        Wallet: MessageTypeDefinition<_seams_wallet_v1_WalletInput, _seams_wallet_v1_Wallet>
        /**
         * Answered by business-logic, called by gateway.
         */
        WalletService: SubtypeConstructor<typeof grpc.Client, _seams_wallet_v1_WalletServiceClient> & { service: _seams_wallet_v1_WalletServiceDefinition }
        /**
         * Answered by storage, called by business-logic.
         */
        WalletStoreService: SubtypeConstructor<typeof grpc.Client, _seams_wallet_v1_WalletStoreServiceClient> & { service: _seams_wallet_v1_WalletStoreServiceDefinition }
      }
    }
  }
}

