import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { BatchServiceClient as _seams_call_v1_BatchServiceClient, BatchServiceDefinition as _seams_call_v1_BatchServiceDefinition } from './seams/call/v1/BatchService.ts';
import type { BatchedCallInput as _seams_call_v1_BatchedCallInput, BatchedCall as _seams_call_v1_BatchedCall } from './seams/call/v1/BatchedCall.ts';
import type { BatchedResultInput as _seams_call_v1_BatchedResultInput, BatchedResult as _seams_call_v1_BatchedResult } from './seams/call/v1/BatchedResult.ts';
import type { CallRequestInput as _seams_call_v1_CallRequestInput, CallRequest as _seams_call_v1_CallRequest } from './seams/call/v1/CallRequest.ts';
import type { CallResponseInput as _seams_call_v1_CallResponseInput, CallResponse as _seams_call_v1_CallResponse } from './seams/call/v1/CallResponse.ts';
import type { PrincipalInput as _seams_call_v1_PrincipalInput, Principal as _seams_call_v1_Principal } from './seams/call/v1/Principal.ts';
import type { RefusalInput as _seams_call_v1_RefusalInput, Refusal as _seams_call_v1_Refusal } from './seams/call/v1/Refusal.ts';
import type { RequestKeyInput as _seams_call_v1_RequestKeyInput, RequestKey as _seams_call_v1_RequestKey } from './seams/call/v1/RequestKey.ts';
import type { CommitOrderRequestInput as _seams_orders_v1_CommitOrderRequestInput, CommitOrderRequest as _seams_orders_v1_CommitOrderRequest } from './seams/orders/v1/CommitOrderRequest.ts';
import type { CommitOrderResponseInput as _seams_orders_v1_CommitOrderResponseInput, CommitOrderResponse as _seams_orders_v1_CommitOrderResponse } from './seams/orders/v1/CommitOrderResponse.ts';
import type { GetOrderRequestInput as _seams_orders_v1_GetOrderRequestInput, GetOrderRequest as _seams_orders_v1_GetOrderRequest } from './seams/orders/v1/GetOrderRequest.ts';
import type { GetOrderResponseInput as _seams_orders_v1_GetOrderResponseInput, GetOrderResponse as _seams_orders_v1_GetOrderResponse } from './seams/orders/v1/GetOrderResponse.ts';
import type { ListOrdersRequestInput as _seams_orders_v1_ListOrdersRequestInput, ListOrdersRequest as _seams_orders_v1_ListOrdersRequest } from './seams/orders/v1/ListOrdersRequest.ts';
import type { ListOrdersResponseInput as _seams_orders_v1_ListOrdersResponseInput, ListOrdersResponse as _seams_orders_v1_ListOrdersResponse } from './seams/orders/v1/ListOrdersResponse.ts';
import type { OrderInput as _seams_orders_v1_OrderInput, Order as _seams_orders_v1_Order } from './seams/orders/v1/Order.ts';
import type { OrderItemInput as _seams_orders_v1_OrderItemInput, OrderItem as _seams_orders_v1_OrderItem } from './seams/orders/v1/OrderItem.ts';
import type { OrderLineInput as _seams_orders_v1_OrderLineInput, OrderLine as _seams_orders_v1_OrderLine } from './seams/orders/v1/OrderLine.ts';
import type { OrderServiceClient as _seams_orders_v1_OrderServiceClient, OrderServiceDefinition as _seams_orders_v1_OrderServiceDefinition } from './seams/orders/v1/OrderService.ts';
import type { OrderStoreServiceClient as _seams_orders_v1_OrderStoreServiceClient, OrderStoreServiceDefinition as _seams_orders_v1_OrderStoreServiceDefinition } from './seams/orders/v1/OrderStoreService.ts';
import type { PlaceOrderRequestInput as _seams_orders_v1_PlaceOrderRequestInput, PlaceOrderRequest as _seams_orders_v1_PlaceOrderRequest } from './seams/orders/v1/PlaceOrderRequest.ts';
import type { PlaceOrderResponseInput as _seams_orders_v1_PlaceOrderResponseInput, PlaceOrderResponse as _seams_orders_v1_PlaceOrderResponse } from './seams/orders/v1/PlaceOrderResponse.ts';
import type { ReadOrderRequestInput as _seams_orders_v1_ReadOrderRequestInput, ReadOrderRequest as _seams_orders_v1_ReadOrderRequest } from './seams/orders/v1/ReadOrderRequest.ts';
import type { ReadOrderResponseInput as _seams_orders_v1_ReadOrderResponseInput, ReadOrderResponse as _seams_orders_v1_ReadOrderResponse } from './seams/orders/v1/ReadOrderResponse.ts';
import type { ReadOrdersRequestInput as _seams_orders_v1_ReadOrdersRequestInput, ReadOrdersRequest as _seams_orders_v1_ReadOrdersRequest } from './seams/orders/v1/ReadOrdersRequest.ts';
import type { ReadOrdersResponseInput as _seams_orders_v1_ReadOrdersResponseInput, ReadOrdersResponse as _seams_orders_v1_ReadOrdersResponse } from './seams/orders/v1/ReadOrdersResponse.ts';

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
    orders: {
      v1: {
        CommitOrderRequest: MessageTypeDefinition<_seams_orders_v1_CommitOrderRequestInput, _seams_orders_v1_CommitOrderRequest>
        CommitOrderResponse: MessageTypeDefinition<_seams_orders_v1_CommitOrderResponseInput, _seams_orders_v1_CommitOrderResponse>
        GetOrderRequest: MessageTypeDefinition<_seams_orders_v1_GetOrderRequestInput, _seams_orders_v1_GetOrderRequest>
        GetOrderResponse: MessageTypeDefinition<_seams_orders_v1_GetOrderResponseInput, _seams_orders_v1_GetOrderResponse>
        ListOrdersRequest: MessageTypeDefinition<_seams_orders_v1_ListOrdersRequestInput, _seams_orders_v1_ListOrdersRequest>
        ListOrdersResponse: MessageTypeDefinition<_seams_orders_v1_ListOrdersResponseInput, _seams_orders_v1_ListOrdersResponse>
        Order: MessageTypeDefinition<_seams_orders_v1_OrderInput, _seams_orders_v1_Order>
        OrderItem: MessageTypeDefinition<_seams_orders_v1_OrderItemInput, _seams_orders_v1_OrderItem>
        OrderLine: MessageTypeDefinition<_seams_orders_v1_OrderLineInput, _seams_orders_v1_OrderLine>
        /**
         * Answered by business-logic, called by gateway.
         */
        OrderService: SubtypeConstructor<typeof grpc.Client, _seams_orders_v1_OrderServiceClient> & { service: _seams_orders_v1_OrderServiceDefinition }
        OrderStatus: EnumTypeDefinition
        /**
         * Answered by storage, called by business-logic.
         */
        OrderStoreService: SubtypeConstructor<typeof grpc.Client, _seams_orders_v1_OrderStoreServiceClient> & { service: _seams_orders_v1_OrderStoreServiceDefinition }
        PlaceOrderRequest: MessageTypeDefinition<_seams_orders_v1_PlaceOrderRequestInput, _seams_orders_v1_PlaceOrderRequest>
        PlaceOrderResponse: MessageTypeDefinition<_seams_orders_v1_PlaceOrderResponseInput, _seams_orders_v1_PlaceOrderResponse>
        ReadOrderRequest: MessageTypeDefinition<_seams_orders_v1_ReadOrderRequestInput, _seams_orders_v1_ReadOrderRequest>
        ReadOrderResponse: MessageTypeDefinition<_seams_orders_v1_ReadOrderResponseInput, _seams_orders_v1_ReadOrderResponse>
        ReadOrdersRequest: MessageTypeDefinition<_seams_orders_v1_ReadOrdersRequestInput, _seams_orders_v1_ReadOrdersRequest>
        ReadOrdersResponse: MessageTypeDefinition<_seams_orders_v1_ReadOrdersResponseInput, _seams_orders_v1_ReadOrdersResponse>
      }
    }
  }
}

