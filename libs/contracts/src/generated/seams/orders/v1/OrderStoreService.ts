// Original file: protos/seams/orders/v1/orders.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { CommitOrderRequestInput as _seams_orders_v1_CommitOrderRequestInput, CommitOrderRequest as _seams_orders_v1_CommitOrderRequest } from '../../../seams/orders/v1/CommitOrderRequest.ts';
import type { CommitOrderResponseInput as _seams_orders_v1_CommitOrderResponseInput, CommitOrderResponse as _seams_orders_v1_CommitOrderResponse } from '../../../seams/orders/v1/CommitOrderResponse.ts';
import type { ReadOrderRequestInput as _seams_orders_v1_ReadOrderRequestInput, ReadOrderRequest as _seams_orders_v1_ReadOrderRequest } from '../../../seams/orders/v1/ReadOrderRequest.ts';
import type { ReadOrderResponseInput as _seams_orders_v1_ReadOrderResponseInput, ReadOrderResponse as _seams_orders_v1_ReadOrderResponse } from '../../../seams/orders/v1/ReadOrderResponse.ts';
import type { ReadOrdersRequestInput as _seams_orders_v1_ReadOrdersRequestInput, ReadOrdersRequest as _seams_orders_v1_ReadOrdersRequest } from '../../../seams/orders/v1/ReadOrdersRequest.ts';
import type { ReadOrdersResponseInput as _seams_orders_v1_ReadOrdersResponseInput, ReadOrdersResponse as _seams_orders_v1_ReadOrdersResponse } from '../../../seams/orders/v1/ReadOrdersResponse.ts';

/**
 * Answered by storage, called by business-logic.
 */
export interface OrderStoreServiceClient extends grpc.Client {
  /**
   * Writes order, stock, wallet, ledger and event in one transaction, or answers what the key got before.
   * A refused decision is recorded under its key too, so that a repetition cannot end otherwise.
   */
  CommitOrder(argument: _seams_orders_v1_CommitOrderRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_orders_v1_CommitOrderResponse>): grpc.ClientUnaryCall;
  CommitOrder(argument: _seams_orders_v1_CommitOrderRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_seams_orders_v1_CommitOrderResponse>): grpc.ClientUnaryCall;
  CommitOrder(argument: _seams_orders_v1_CommitOrderRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_orders_v1_CommitOrderResponse>): grpc.ClientUnaryCall;
  CommitOrder(argument: _seams_orders_v1_CommitOrderRequestInput, callback: grpc.requestCallback<_seams_orders_v1_CommitOrderResponse>): grpc.ClientUnaryCall;
  /**
   * Writes order, stock, wallet, ledger and event in one transaction, or answers what the key got before.
   * A refused decision is recorded under its key too, so that a repetition cannot end otherwise.
   */
  commitOrder(argument: _seams_orders_v1_CommitOrderRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_orders_v1_CommitOrderResponse>): grpc.ClientUnaryCall;
  commitOrder(argument: _seams_orders_v1_CommitOrderRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_seams_orders_v1_CommitOrderResponse>): grpc.ClientUnaryCall;
  commitOrder(argument: _seams_orders_v1_CommitOrderRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_orders_v1_CommitOrderResponse>): grpc.ClientUnaryCall;
  commitOrder(argument: _seams_orders_v1_CommitOrderRequestInput, callback: grpc.requestCallback<_seams_orders_v1_CommitOrderResponse>): grpc.ClientUnaryCall;
  
  ReadOrder(argument: _seams_orders_v1_ReadOrderRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_orders_v1_ReadOrderResponse>): grpc.ClientUnaryCall;
  ReadOrder(argument: _seams_orders_v1_ReadOrderRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_seams_orders_v1_ReadOrderResponse>): grpc.ClientUnaryCall;
  ReadOrder(argument: _seams_orders_v1_ReadOrderRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_orders_v1_ReadOrderResponse>): grpc.ClientUnaryCall;
  ReadOrder(argument: _seams_orders_v1_ReadOrderRequestInput, callback: grpc.requestCallback<_seams_orders_v1_ReadOrderResponse>): grpc.ClientUnaryCall;
  readOrder(argument: _seams_orders_v1_ReadOrderRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_orders_v1_ReadOrderResponse>): grpc.ClientUnaryCall;
  readOrder(argument: _seams_orders_v1_ReadOrderRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_seams_orders_v1_ReadOrderResponse>): grpc.ClientUnaryCall;
  readOrder(argument: _seams_orders_v1_ReadOrderRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_orders_v1_ReadOrderResponse>): grpc.ClientUnaryCall;
  readOrder(argument: _seams_orders_v1_ReadOrderRequestInput, callback: grpc.requestCallback<_seams_orders_v1_ReadOrderResponse>): grpc.ClientUnaryCall;
  
  ReadOrders(argument: _seams_orders_v1_ReadOrdersRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_orders_v1_ReadOrdersResponse>): grpc.ClientUnaryCall;
  ReadOrders(argument: _seams_orders_v1_ReadOrdersRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_seams_orders_v1_ReadOrdersResponse>): grpc.ClientUnaryCall;
  ReadOrders(argument: _seams_orders_v1_ReadOrdersRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_orders_v1_ReadOrdersResponse>): grpc.ClientUnaryCall;
  ReadOrders(argument: _seams_orders_v1_ReadOrdersRequestInput, callback: grpc.requestCallback<_seams_orders_v1_ReadOrdersResponse>): grpc.ClientUnaryCall;
  readOrders(argument: _seams_orders_v1_ReadOrdersRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_orders_v1_ReadOrdersResponse>): grpc.ClientUnaryCall;
  readOrders(argument: _seams_orders_v1_ReadOrdersRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_seams_orders_v1_ReadOrdersResponse>): grpc.ClientUnaryCall;
  readOrders(argument: _seams_orders_v1_ReadOrdersRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_orders_v1_ReadOrdersResponse>): grpc.ClientUnaryCall;
  readOrders(argument: _seams_orders_v1_ReadOrdersRequestInput, callback: grpc.requestCallback<_seams_orders_v1_ReadOrdersResponse>): grpc.ClientUnaryCall;
  
}

/**
 * Answered by storage, called by business-logic.
 */
export interface OrderStoreServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Writes order, stock, wallet, ledger and event in one transaction, or answers what the key got before.
   * A refused decision is recorded under its key too, so that a repetition cannot end otherwise.
   */
  CommitOrder: grpc.handleUnaryCall<_seams_orders_v1_CommitOrderRequest, _seams_orders_v1_CommitOrderResponseInput>;
  
  ReadOrder: grpc.handleUnaryCall<_seams_orders_v1_ReadOrderRequest, _seams_orders_v1_ReadOrderResponseInput>;
  
  ReadOrders: grpc.handleUnaryCall<_seams_orders_v1_ReadOrdersRequest, _seams_orders_v1_ReadOrdersResponseInput>;
  
}

export interface OrderStoreServiceDefinition extends grpc.ServiceDefinition {
  CommitOrder: MethodDefinition<_seams_orders_v1_CommitOrderRequestInput, _seams_orders_v1_CommitOrderResponseInput, _seams_orders_v1_CommitOrderRequest, _seams_orders_v1_CommitOrderResponse>
  ReadOrder: MethodDefinition<_seams_orders_v1_ReadOrderRequestInput, _seams_orders_v1_ReadOrderResponseInput, _seams_orders_v1_ReadOrderRequest, _seams_orders_v1_ReadOrderResponse>
  ReadOrders: MethodDefinition<_seams_orders_v1_ReadOrdersRequestInput, _seams_orders_v1_ReadOrdersResponseInput, _seams_orders_v1_ReadOrdersRequest, _seams_orders_v1_ReadOrdersResponse>
}
