// Original file: protos/seams/menu/v1/menu.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { ReadCafesRequestInput as _seams_menu_v1_ReadCafesRequestInput, ReadCafesRequest as _seams_menu_v1_ReadCafesRequest } from '../../../seams/menu/v1/ReadCafesRequest.ts';
import type { ReadCafesResponseInput as _seams_menu_v1_ReadCafesResponseInput, ReadCafesResponse as _seams_menu_v1_ReadCafesResponse } from '../../../seams/menu/v1/ReadCafesResponse.ts';
import type { ReadMenuRequestInput as _seams_menu_v1_ReadMenuRequestInput, ReadMenuRequest as _seams_menu_v1_ReadMenuRequest } from '../../../seams/menu/v1/ReadMenuRequest.ts';
import type { ReadMenuResponseInput as _seams_menu_v1_ReadMenuResponseInput, ReadMenuResponse as _seams_menu_v1_ReadMenuResponse } from '../../../seams/menu/v1/ReadMenuResponse.ts';

/**
 * Answered by storage, called by business-logic.
 */
export interface MenuStoreServiceClient extends grpc.Client {
  ReadCafes(argument: _seams_menu_v1_ReadCafesRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_menu_v1_ReadCafesResponse>): grpc.ClientUnaryCall;
  ReadCafes(argument: _seams_menu_v1_ReadCafesRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_seams_menu_v1_ReadCafesResponse>): grpc.ClientUnaryCall;
  ReadCafes(argument: _seams_menu_v1_ReadCafesRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_menu_v1_ReadCafesResponse>): grpc.ClientUnaryCall;
  ReadCafes(argument: _seams_menu_v1_ReadCafesRequestInput, callback: grpc.requestCallback<_seams_menu_v1_ReadCafesResponse>): grpc.ClientUnaryCall;
  readCafes(argument: _seams_menu_v1_ReadCafesRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_menu_v1_ReadCafesResponse>): grpc.ClientUnaryCall;
  readCafes(argument: _seams_menu_v1_ReadCafesRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_seams_menu_v1_ReadCafesResponse>): grpc.ClientUnaryCall;
  readCafes(argument: _seams_menu_v1_ReadCafesRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_menu_v1_ReadCafesResponse>): grpc.ClientUnaryCall;
  readCafes(argument: _seams_menu_v1_ReadCafesRequestInput, callback: grpc.requestCallback<_seams_menu_v1_ReadCafesResponse>): grpc.ClientUnaryCall;
  
  /**
   * The whole menu of one café, or NOT_FOUND.
   */
  ReadMenu(argument: _seams_menu_v1_ReadMenuRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_menu_v1_ReadMenuResponse>): grpc.ClientUnaryCall;
  ReadMenu(argument: _seams_menu_v1_ReadMenuRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_seams_menu_v1_ReadMenuResponse>): grpc.ClientUnaryCall;
  ReadMenu(argument: _seams_menu_v1_ReadMenuRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_menu_v1_ReadMenuResponse>): grpc.ClientUnaryCall;
  ReadMenu(argument: _seams_menu_v1_ReadMenuRequestInput, callback: grpc.requestCallback<_seams_menu_v1_ReadMenuResponse>): grpc.ClientUnaryCall;
  /**
   * The whole menu of one café, or NOT_FOUND.
   */
  readMenu(argument: _seams_menu_v1_ReadMenuRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_menu_v1_ReadMenuResponse>): grpc.ClientUnaryCall;
  readMenu(argument: _seams_menu_v1_ReadMenuRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_seams_menu_v1_ReadMenuResponse>): grpc.ClientUnaryCall;
  readMenu(argument: _seams_menu_v1_ReadMenuRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_menu_v1_ReadMenuResponse>): grpc.ClientUnaryCall;
  readMenu(argument: _seams_menu_v1_ReadMenuRequestInput, callback: grpc.requestCallback<_seams_menu_v1_ReadMenuResponse>): grpc.ClientUnaryCall;
  
}

/**
 * Answered by storage, called by business-logic.
 */
export interface MenuStoreServiceHandlers extends grpc.UntypedServiceImplementation {
  ReadCafes: grpc.handleUnaryCall<_seams_menu_v1_ReadCafesRequest, _seams_menu_v1_ReadCafesResponseInput>;
  
  /**
   * The whole menu of one café, or NOT_FOUND.
   */
  ReadMenu: grpc.handleUnaryCall<_seams_menu_v1_ReadMenuRequest, _seams_menu_v1_ReadMenuResponseInput>;
  
}

export interface MenuStoreServiceDefinition extends grpc.ServiceDefinition {
  ReadCafes: MethodDefinition<_seams_menu_v1_ReadCafesRequestInput, _seams_menu_v1_ReadCafesResponseInput, _seams_menu_v1_ReadCafesRequest, _seams_menu_v1_ReadCafesResponse>
  ReadMenu: MethodDefinition<_seams_menu_v1_ReadMenuRequestInput, _seams_menu_v1_ReadMenuResponseInput, _seams_menu_v1_ReadMenuRequest, _seams_menu_v1_ReadMenuResponse>
}
