// Original file: protos/seams/call/v1/call.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { TakeRequestInput as _seams_call_v1_TakeRequestInput, TakeRequest as _seams_call_v1_TakeRequest } from '../../../seams/call/v1/TakeRequest.ts';
import type { TakeResponseInput as _seams_call_v1_TakeResponseInput, TakeResponse as _seams_call_v1_TakeResponse } from '../../../seams/call/v1/TakeResponse.ts';

/**
 * Calls that share a stream: unary calls, several in one message, each answered by itself
 * (docs/decisions/0011-calls-that-leave-together.md).
 */
export interface TogetherServiceClient extends grpc.Client {
  /**
   * The caller ends its side when it has no more calls, and the callee its own when each has its answer.
   */
  Take(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_seams_call_v1_TakeRequestInput, _seams_call_v1_TakeResponse>;
  Take(options?: grpc.CallOptions): grpc.ClientDuplexStream<_seams_call_v1_TakeRequestInput, _seams_call_v1_TakeResponse>;
  /**
   * The caller ends its side when it has no more calls, and the callee its own when each has its answer.
   */
  take(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_seams_call_v1_TakeRequestInput, _seams_call_v1_TakeResponse>;
  take(options?: grpc.CallOptions): grpc.ClientDuplexStream<_seams_call_v1_TakeRequestInput, _seams_call_v1_TakeResponse>;
  
}

/**
 * Calls that share a stream: unary calls, several in one message, each answered by itself
 * (docs/decisions/0011-calls-that-leave-together.md).
 */
export interface TogetherServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * The caller ends its side when it has no more calls, and the callee its own when each has its answer.
   */
  Take: grpc.handleBidiStreamingCall<_seams_call_v1_TakeRequest, _seams_call_v1_TakeResponseInput>;
  
}

export interface TogetherServiceDefinition extends grpc.ServiceDefinition {
  Take: MethodDefinition<_seams_call_v1_TakeRequestInput, _seams_call_v1_TakeResponseInput, _seams_call_v1_TakeRequest, _seams_call_v1_TakeResponse>
}
