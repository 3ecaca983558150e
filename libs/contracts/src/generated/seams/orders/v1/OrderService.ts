// Original file: protos/seams/orders/v1/orders.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { GetOrderRequestInput as _seams_orders_v1_GetOrderRequestInput, GetOrderRequest as _seams_orders_v1_GetOrderRequest } from '../../../seams/orders/v1/GetOrderRequest.ts';
import type { GetOrderResponseInput as _seams_orders_v1_GetOrderResponseInput, GetOrderResponse as _seams_orders_v1_GetOrderResponse } from '../../../seams/orders/v1/GetOrderResponse.ts';
import type { ListOrdersRequestInput as _seams_orders_v1_ListOrdersRequestInput, ListOrdersRequest as _seams_orders_v1_ListOrdersRequest } from '../../../seams/orders/v1/ListOrdersRequest.ts';
import type { ListOrdersResponseInput as _seams_orders_v1_ListOrdersResponseInput, ListOrdersResponse as _seams_orders_v1_ListOrdersResponse } from '../../../seams/orders/v1/ListOrdersResponse.ts';
import type { PlaceOrderRequestInput as _seams_orders_v1_PlaceOrderRequestInput, PlaceOrderRequest as _seams_orders_v1_PlaceOrderRequest } from '../../../seams/orders/v1/PlaceOrderRequest.ts';
import type { PlaceOrderResponseInput as _seams_orders_v1_PlaceOrderResponseInput, PlaceOrderResponse as _seams_orders_v1_PlaceOrderResponse } from '../../../seams/orders/v1/PlaceOrderResponse.ts';

/**
 * Answered by business-logic, called by gateway.
 */
export interface OrderServiceClient extends grpc.Client {
  /**
   * One order of the principal's own (staff: of their café), or NOT_FOUND.
   */
  GetOrder(argument: _seams_orders_v1_GetOrderRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_orders_v1_GetOrderResponse>): grpc.ClientUnaryCall;
  GetOrder(argument: _seams_orders_v1_GetOrderRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_seams_orders_v1_GetOrderResponse>): grpc.ClientUnaryCall;
  GetOrder(argument: _seams_orders_v1_GetOrderRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_orders_v1_GetOrderResponse>): grpc.ClientUnaryCall;
  GetOrder(argument: _seams_orders_v1_GetOrderRequestInput, callback: grpc.requestCallback<_seams_orders_v1_GetOrderResponse>): grpc.ClientUnaryCall;
  /**
   * One order of the principal's own (staff: of their café), or NOT_FOUND.
   */
  getOrder(argument: _seams_orders_v1_GetOrderRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_orders_v1_GetOrderResponse>): grpc.ClientUnaryCall;
  getOrder(argument: _seams_orders_v1_GetOrderRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_seams_orders_v1_GetOrderResponse>): grpc.ClientUnaryCall;
  getOrder(argument: _seams_orders_v1_GetOrderRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_orders_v1_GetOrderResponse>): grpc.ClientUnaryCall;
  getOrder(argument: _seams_orders_v1_GetOrderRequestInput, callback: grpc.requestCallback<_seams_orders_v1_GetOrderResponse>): grpc.ClientUnaryCall;
  
  /**
   * The principal's own orders, newest first.
   */
  ListOrders(argument: _seams_orders_v1_ListOrdersRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_orders_v1_ListOrdersResponse>): grpc.ClientUnaryCall;
  ListOrders(argument: _seams_orders_v1_ListOrdersRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_seams_orders_v1_ListOrdersResponse>): grpc.ClientUnaryCall;
  ListOrders(argument: _seams_orders_v1_ListOrdersRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_orders_v1_ListOrdersResponse>): grpc.ClientUnaryCall;
  ListOrders(argument: _seams_orders_v1_ListOrdersRequestInput, callback: grpc.requestCallback<_seams_orders_v1_ListOrdersResponse>): grpc.ClientUnaryCall;
  /**
   * The principal's own orders, newest first.
   */
  listOrders(argument: _seams_orders_v1_ListOrdersRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_orders_v1_ListOrdersResponse>): grpc.ClientUnaryCall;
  listOrders(argument: _seams_orders_v1_ListOrdersRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_seams_orders_v1_ListOrdersResponse>): grpc.ClientUnaryCall;
  listOrders(argument: _seams_orders_v1_ListOrdersRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_orders_v1_ListOrdersResponse>): grpc.ClientUnaryCall;
  listOrders(argument: _seams_orders_v1_ListOrdersRequestInput, callback: grpc.requestCallback<_seams_orders_v1_ListOrdersResponse>): grpc.ClientUnaryCall;
  
  /**
   * Decides on an order and has it committed. Repeatable under its key.
   */
  PlaceOrder(argument: _seams_orders_v1_PlaceOrderRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_orders_v1_PlaceOrderResponse>): grpc.ClientUnaryCall;
  PlaceOrder(argument: _seams_orders_v1_PlaceOrderRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_seams_orders_v1_PlaceOrderResponse>): grpc.ClientUnaryCall;
  PlaceOrder(argument: _seams_orders_v1_PlaceOrderRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_orders_v1_PlaceOrderResponse>): grpc.ClientUnaryCall;
  PlaceOrder(argument: _seams_orders_v1_PlaceOrderRequestInput, callback: grpc.requestCallback<_seams_orders_v1_PlaceOrderResponse>): grpc.ClientUnaryCall;
  /**
   * Decides on an order and has it committed. Repeatable under its key.
   */
  placeOrder(argument: _seams_orders_v1_PlaceOrderRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_orders_v1_PlaceOrderResponse>): grpc.ClientUnaryCall;
  placeOrder(argument: _seams_orders_v1_PlaceOrderRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_seams_orders_v1_PlaceOrderResponse>): grpc.ClientUnaryCall;
  placeOrder(argument: _seams_orders_v1_PlaceOrderRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_orders_v1_PlaceOrderResponse>): grpc.ClientUnaryCall;
  placeOrder(argument: _seams_orders_v1_PlaceOrderRequestInput, callback: grpc.requestCallback<_seams_orders_v1_PlaceOrderResponse>): grpc.ClientUnaryCall;
  
}

/**
 * Answered by business-logic, called by gateway.
 */
export interface OrderServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * One order of the principal's own (staff: of their café), or NOT_FOUND.
   */
  GetOrder: grpc.handleUnaryCall<_seams_orders_v1_GetOrderRequest, _seams_orders_v1_GetOrderResponseInput>;
  
  /**
   * The principal's own orders, newest first.
   */
  ListOrders: grpc.handleUnaryCall<_seams_orders_v1_ListOrdersRequest, _seams_orders_v1_ListOrdersResponseInput>;
  
  /**
   * Decides on an order and has it committed. Repeatable under its key.
   */
  PlaceOrder: grpc.handleUnaryCall<_seams_orders_v1_PlaceOrderRequest, _seams_orders_v1_PlaceOrderResponseInput>;
  
}

export interface OrderServiceDefinition extends grpc.ServiceDefinition {
  GetOrder: MethodDefinition<_seams_orders_v1_GetOrderRequestInput, _seams_orders_v1_GetOrderResponseInput, _seams_orders_v1_GetOrderRequest, _seams_orders_v1_GetOrderResponse>
  ListOrders: MethodDefinition<_seams_orders_v1_ListOrdersRequestInput, _seams_orders_v1_ListOrdersResponseInput, _seams_orders_v1_ListOrdersRequest, _seams_orders_v1_ListOrdersResponse>
  PlaceOrder: MethodDefinition<_seams_orders_v1_PlaceOrderRequestInput, _seams_orders_v1_PlaceOrderResponseInput, _seams_orders_v1_PlaceOrderRequest, _seams_orders_v1_PlaceOrderResponse>
}
