// Original file: protos/seams/wallet/v1/wallet.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { CommitTopUpRequestInput as _seams_wallet_v1_CommitTopUpRequestInput, CommitTopUpRequest as _seams_wallet_v1_CommitTopUpRequest } from '../../../seams/wallet/v1/CommitTopUpRequest.ts';
import type { CommitTopUpResponseInput as _seams_wallet_v1_CommitTopUpResponseInput, CommitTopUpResponse as _seams_wallet_v1_CommitTopUpResponse } from '../../../seams/wallet/v1/CommitTopUpResponse.ts';
import type { ReadWalletRequestInput as _seams_wallet_v1_ReadWalletRequestInput, ReadWalletRequest as _seams_wallet_v1_ReadWalletRequest } from '../../../seams/wallet/v1/ReadWalletRequest.ts';
import type { ReadWalletResponseInput as _seams_wallet_v1_ReadWalletResponseInput, ReadWalletResponse as _seams_wallet_v1_ReadWalletResponse } from '../../../seams/wallet/v1/ReadWalletResponse.ts';

/**
 * Answered by storage, called by business-logic.
 */
export interface WalletStoreServiceClient extends grpc.Client {
  /**
   * Writes the top-up, both ledger entries and the balance in one transaction, or answers what the key got before.
   */
  CommitTopUp(argument: _seams_wallet_v1_CommitTopUpRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_wallet_v1_CommitTopUpResponse>): grpc.ClientUnaryCall;
  CommitTopUp(argument: _seams_wallet_v1_CommitTopUpRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_seams_wallet_v1_CommitTopUpResponse>): grpc.ClientUnaryCall;
  CommitTopUp(argument: _seams_wallet_v1_CommitTopUpRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_wallet_v1_CommitTopUpResponse>): grpc.ClientUnaryCall;
  CommitTopUp(argument: _seams_wallet_v1_CommitTopUpRequestInput, callback: grpc.requestCallback<_seams_wallet_v1_CommitTopUpResponse>): grpc.ClientUnaryCall;
  /**
   * Writes the top-up, both ledger entries and the balance in one transaction, or answers what the key got before.
   */
  commitTopUp(argument: _seams_wallet_v1_CommitTopUpRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_wallet_v1_CommitTopUpResponse>): grpc.ClientUnaryCall;
  commitTopUp(argument: _seams_wallet_v1_CommitTopUpRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_seams_wallet_v1_CommitTopUpResponse>): grpc.ClientUnaryCall;
  commitTopUp(argument: _seams_wallet_v1_CommitTopUpRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_wallet_v1_CommitTopUpResponse>): grpc.ClientUnaryCall;
  commitTopUp(argument: _seams_wallet_v1_CommitTopUpRequestInput, callback: grpc.requestCallback<_seams_wallet_v1_CommitTopUpResponse>): grpc.ClientUnaryCall;
  
  ReadWallet(argument: _seams_wallet_v1_ReadWalletRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_wallet_v1_ReadWalletResponse>): grpc.ClientUnaryCall;
  ReadWallet(argument: _seams_wallet_v1_ReadWalletRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_seams_wallet_v1_ReadWalletResponse>): grpc.ClientUnaryCall;
  ReadWallet(argument: _seams_wallet_v1_ReadWalletRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_wallet_v1_ReadWalletResponse>): grpc.ClientUnaryCall;
  ReadWallet(argument: _seams_wallet_v1_ReadWalletRequestInput, callback: grpc.requestCallback<_seams_wallet_v1_ReadWalletResponse>): grpc.ClientUnaryCall;
  readWallet(argument: _seams_wallet_v1_ReadWalletRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_wallet_v1_ReadWalletResponse>): grpc.ClientUnaryCall;
  readWallet(argument: _seams_wallet_v1_ReadWalletRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_seams_wallet_v1_ReadWalletResponse>): grpc.ClientUnaryCall;
  readWallet(argument: _seams_wallet_v1_ReadWalletRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_wallet_v1_ReadWalletResponse>): grpc.ClientUnaryCall;
  readWallet(argument: _seams_wallet_v1_ReadWalletRequestInput, callback: grpc.requestCallback<_seams_wallet_v1_ReadWalletResponse>): grpc.ClientUnaryCall;
  
}

/**
 * Answered by storage, called by business-logic.
 */
export interface WalletStoreServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Writes the top-up, both ledger entries and the balance in one transaction, or answers what the key got before.
   */
  CommitTopUp: grpc.handleUnaryCall<_seams_wallet_v1_CommitTopUpRequest, _seams_wallet_v1_CommitTopUpResponseInput>;
  
  ReadWallet: grpc.handleUnaryCall<_seams_wallet_v1_ReadWalletRequest, _seams_wallet_v1_ReadWalletResponseInput>;
  
}

export interface WalletStoreServiceDefinition extends grpc.ServiceDefinition {
  CommitTopUp: MethodDefinition<_seams_wallet_v1_CommitTopUpRequestInput, _seams_wallet_v1_CommitTopUpResponseInput, _seams_wallet_v1_CommitTopUpRequest, _seams_wallet_v1_CommitTopUpResponse>
  ReadWallet: MethodDefinition<_seams_wallet_v1_ReadWalletRequestInput, _seams_wallet_v1_ReadWalletResponseInput, _seams_wallet_v1_ReadWalletRequest, _seams_wallet_v1_ReadWalletResponse>
}
