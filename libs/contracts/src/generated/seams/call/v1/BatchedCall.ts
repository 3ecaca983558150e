// Original file: protos/seams/call/v1/call.proto


export interface BatchedCallInput {
  /**
   * For example "/seams.orders.v1.OrderService/PlaceOrder".
   */
  'path'?: (string);
  /**
   * The time until the caller's deadline, as in the header grpc-timeout.
   */
  'timeoutMs'?: (number);
  /**
   * The bytes of that method's request.
   */
  'request'?: (Buffer | Uint8Array | string);
  /**
   * W3C trace context of this call's own span; empty when it is not traced.
   */
  'traceparent'?: (string);
  'tracestate'?: (string);
  /**
   * Unique within the stream.
   */
  'id'?: (number);
}

export interface BatchedCall {
  /**
   * For example "/seams.orders.v1.OrderService/PlaceOrder".
   */
  'path': (string);
  /**
   * The time until the caller's deadline, as in the header grpc-timeout.
   */
  'timeoutMs': (number);
  /**
   * The bytes of that method's request.
   */
  'request': (Buffer);
  /**
   * W3C trace context of this call's own span; empty when it is not traced.
   */
  'traceparent': (string);
  'tracestate': (string);
  /**
   * Unique within the stream.
   */
  'id': (number);
}
