// Original file: protos/seams/wallet/v1/wallet.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { GetWalletRequestInput as _seams_wallet_v1_GetWalletRequestInput, GetWalletRequest as _seams_wallet_v1_GetWalletRequest } from '../../../seams/wallet/v1/GetWalletRequest.ts';
import type { GetWalletResponseInput as _seams_wallet_v1_GetWalletResponseInput, GetWalletResponse as _seams_wallet_v1_GetWalletResponse } from '../../../seams/wallet/v1/GetWalletResponse.ts';
import type { TopUpRequestInput as _seams_wallet_v1_TopUpRequestInput, TopUpRequest as _seams_wallet_v1_TopUpRequest } from '../../../seams/wallet/v1/TopUpRequest.ts';
import type { TopUpResponseInput as _seams_wallet_v1_TopUpResponseInput, TopUpResponse as _seams_wallet_v1_TopUpResponse } from '../../../seams/wallet/v1/TopUpResponse.ts';

/**
 * Answered by business-logic, called by gateway.
 */
export interface WalletServiceClient extends grpc.Client {
  GetWallet(argument: _seams_wallet_v1_GetWalletRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_wallet_v1_GetWalletResponse>): grpc.ClientUnaryCall;
  GetWallet(argument: _seams_wallet_v1_GetWalletRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_seams_wallet_v1_GetWalletResponse>): grpc.ClientUnaryCall;
  GetWallet(argument: _seams_wallet_v1_GetWalletRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_wallet_v1_GetWalletResponse>): grpc.ClientUnaryCall;
  GetWallet(argument: _seams_wallet_v1_GetWalletRequestInput, callback: grpc.requestCallback<_seams_wallet_v1_GetWalletResponse>): grpc.ClientUnaryCall;
  getWallet(argument: _seams_wallet_v1_GetWalletRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_wallet_v1_GetWalletResponse>): grpc.ClientUnaryCall;
  getWallet(argument: _seams_wallet_v1_GetWalletRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_seams_wallet_v1_GetWalletResponse>): grpc.ClientUnaryCall;
  getWallet(argument: _seams_wallet_v1_GetWalletRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_wallet_v1_GetWalletResponse>): grpc.ClientUnaryCall;
  getWallet(argument: _seams_wallet_v1_GetWalletRequestInput, callback: grpc.requestCallback<_seams_wallet_v1_GetWalletResponse>): grpc.ClientUnaryCall;
  
  /**
   * Credits the principal's wallet. Repeatable under its key.
   */
  TopUp(argument: _seams_wallet_v1_TopUpRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_wallet_v1_TopUpResponse>): grpc.ClientUnaryCall;
  TopUp(argument: _seams_wallet_v1_TopUpRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_seams_wallet_v1_TopUpResponse>): grpc.ClientUnaryCall;
  TopUp(argument: _seams_wallet_v1_TopUpRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_wallet_v1_TopUpResponse>): grpc.ClientUnaryCall;
  TopUp(argument: _seams_wallet_v1_TopUpRequestInput, callback: grpc.requestCallback<_seams_wallet_v1_TopUpResponse>): grpc.ClientUnaryCall;
  /**
   * Credits the principal's wallet. Repeatable under its key.
   */
  topUp(argument: _seams_wallet_v1_TopUpRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_wallet_v1_TopUpResponse>): grpc.ClientUnaryCall;
  topUp(argument: _seams_wallet_v1_TopUpRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_seams_wallet_v1_TopUpResponse>): grpc.ClientUnaryCall;
  topUp(argument: _seams_wallet_v1_TopUpRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_wallet_v1_TopUpResponse>): grpc.ClientUnaryCall;
  topUp(argument: _seams_wallet_v1_TopUpRequestInput, callback: grpc.requestCallback<_seams_wallet_v1_TopUpResponse>): grpc.ClientUnaryCall;
  
}

/**
 * Answered by business-logic, called by gateway.
 */
export interface WalletServiceHandlers extends grpc.UntypedServiceImplementation {
  GetWallet: grpc.handleUnaryCall<_seams_wallet_v1_GetWalletRequest, _seams_wallet_v1_GetWalletResponseInput>;
  
  /**
   * Credits the principal's wallet. Repeatable under its key.
   */
  TopUp: grpc.handleUnaryCall<_seams_wallet_v1_TopUpRequest, _seams_wallet_v1_TopUpResponseInput>;
  
}

export interface WalletServiceDefinition extends grpc.ServiceDefinition {
  GetWallet: MethodDefinition<_seams_wallet_v1_GetWalletRequestInput, _seams_wallet_v1_GetWalletResponseInput, _seams_wallet_v1_GetWalletRequest, _seams_wallet_v1_GetWalletResponse>
  TopUp: MethodDefinition<_seams_wallet_v1_TopUpRequestInput, _seams_wallet_v1_TopUpResponseInput, _seams_wallet_v1_TopUpRequest, _seams_wallet_v1_TopUpResponse>
}
