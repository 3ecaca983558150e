// Original file: protos/seams/menu/v1/menu.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { GetMenuRequestInput as _seams_menu_v1_GetMenuRequestInput, GetMenuRequest as _seams_menu_v1_GetMenuRequest } from '../../../seams/menu/v1/GetMenuRequest.ts';
import type { GetMenuResponseInput as _seams_menu_v1_GetMenuResponseInput, GetMenuResponse as _seams_menu_v1_GetMenuResponse } from '../../../seams/menu/v1/GetMenuResponse.ts';
import type { ListCafesRequestInput as _seams_menu_v1_ListCafesRequestInput, ListCafesRequest as _seams_menu_v1_ListCafesRequest } from '../../../seams/menu/v1/ListCafesRequest.ts';
import type { ListCafesResponseInput as _seams_menu_v1_ListCafesResponseInput, ListCafesResponse as _seams_menu_v1_ListCafesResponse } from '../../../seams/menu/v1/ListCafesResponse.ts';

/**
 * Answered by business-logic, called by gateway.
 */
export interface MenuServiceClient extends grpc.Client {
  GetMenu(argument: _seams_menu_v1_GetMenuRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_menu_v1_GetMenuResponse>): grpc.ClientUnaryCall;
  GetMenu(argument: _seams_menu_v1_GetMenuRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_seams_menu_v1_GetMenuResponse>): grpc.ClientUnaryCall;
  GetMenu(argument: _seams_menu_v1_GetMenuRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_menu_v1_GetMenuResponse>): grpc.ClientUnaryCall;
  GetMenu(argument: _seams_menu_v1_GetMenuRequestInput, callback: grpc.requestCallback<_seams_menu_v1_GetMenuResponse>): grpc.ClientUnaryCall;
  getMenu(argument: _seams_menu_v1_GetMenuRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_menu_v1_GetMenuResponse>): grpc.ClientUnaryCall;
  getMenu(argument: _seams_menu_v1_GetMenuRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_seams_menu_v1_GetMenuResponse>): grpc.ClientUnaryCall;
  getMenu(argument: _seams_menu_v1_GetMenuRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_menu_v1_GetMenuResponse>): grpc.ClientUnaryCall;
  getMenu(argument: _seams_menu_v1_GetMenuRequestInput, callback: grpc.requestCallback<_seams_menu_v1_GetMenuResponse>): grpc.ClientUnaryCall;
  
  ListCafes(argument: _seams_menu_v1_ListCafesRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_menu_v1_ListCafesResponse>): grpc.ClientUnaryCall;
  ListCafes(argument: _seams_menu_v1_ListCafesRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_seams_menu_v1_ListCafesResponse>): grpc.ClientUnaryCall;
  ListCafes(argument: _seams_menu_v1_ListCafesRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_menu_v1_ListCafesResponse>): grpc.ClientUnaryCall;
  ListCafes(argument: _seams_menu_v1_ListCafesRequestInput, callback: grpc.requestCallback<_seams_menu_v1_ListCafesResponse>): grpc.ClientUnaryCall;
  listCafes(argument: _seams_menu_v1_ListCafesRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_menu_v1_ListCafesResponse>): grpc.ClientUnaryCall;
  listCafes(argument: _seams_menu_v1_ListCafesRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_seams_menu_v1_ListCafesResponse>): grpc.ClientUnaryCall;
  listCafes(argument: _seams_menu_v1_ListCafesRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_menu_v1_ListCafesResponse>): grpc.ClientUnaryCall;
  listCafes(argument: _seams_menu_v1_ListCafesRequestInput, callback: grpc.requestCallback<_seams_menu_v1_ListCafesResponse>): grpc.ClientUnaryCall;
  
}

/**
 * Answered by business-logic, called by gateway.
 */
export interface MenuServiceHandlers extends grpc.UntypedServiceImplementation {
  GetMenu: grpc.handleUnaryCall<_seams_menu_v1_GetMenuRequest, _seams_menu_v1_GetMenuResponseInput>;
  
  ListCafes: grpc.handleUnaryCall<_seams_menu_v1_ListCafesRequest, _seams_menu_v1_ListCafesResponseInput>;
  
}

export interface MenuServiceDefinition extends grpc.ServiceDefinition {
  GetMenu: MethodDefinition<_seams_menu_v1_GetMenuRequestInput, _seams_menu_v1_GetMenuResponseInput, _seams_menu_v1_GetMenuRequest, _seams_menu_v1_GetMenuResponse>
  ListCafes: MethodDefinition<_seams_menu_v1_ListCafesRequestInput, _seams_menu_v1_ListCafesResponseInput, _seams_menu_v1_ListCafesRequest, _seams_menu_v1_ListCafesResponse>
}
