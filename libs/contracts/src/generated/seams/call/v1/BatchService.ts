// Original file: protos/seams/call/v1/call.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { CallRequestInput as _seams_call_v1_CallRequestInput, CallRequest as _seams_call_v1_CallRequest } from '../../../seams/call/v1/CallRequest.ts';
import type { CallResponseInput as _seams_call_v1_CallResponseInput, CallResponse as _seams_call_v1_CallResponse } from '../../../seams/call/v1/CallResponse.ts';

/**
 * Batching: unary calls share a stream, several in one message, each with a result of its own
 * (docs/decisions/0011-calls-that-leave-together.md).
 */
export interface BatchServiceClient extends grpc.Client {
  /**
   * The caller half-closes when it has no more calls, and the callee when each call has its result.
   */
  Call(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_seams_call_v1_CallRequestInput, _seams_call_v1_CallResponse>;
  Call(options?: grpc.CallOptions): grpc.ClientDuplexStream<_seams_call_v1_CallRequestInput, _seams_call_v1_CallResponse>;
  /**
   * The caller half-closes when it has no more calls, and the callee when each call has its result.
   */
  call(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_seams_call_v1_CallRequestInput, _seams_call_v1_CallResponse>;
  call(options?: grpc.CallOptions): grpc.ClientDuplexStream<_seams_call_v1_CallRequestInput, _seams_call_v1_CallResponse>;
  
}

/**
 * Batching: unary calls share a stream, several in one message, each with a result of its own
 * (docs/decisions/0011-calls-that-leave-together.md).
 */
export interface BatchServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * The caller half-closes when it has no more calls, and the callee when each call has its result.
   */
  Call: grpc.handleBidiStreamingCall<_seams_call_v1_CallRequest, _seams_call_v1_CallResponseInput>;
  
}

export interface BatchServiceDefinition extends grpc.ServiceDefinition {
  Call: MethodDefinition<_seams_call_v1_CallRequestInput, _seams_call_v1_CallResponseInput, _seams_call_v1_CallRequest, _seams_call_v1_CallResponse>
}
