// Original file: protos/seams/call/v1/call.proto


export interface TakenCallInput {
  /**
   * For example "/seams.orders.v1.OrderService/PlaceOrder".
   */
  'path'?: (string);
  /**
   * What is left until its caller's deadline, as grpc-timeout says it for a call alone.
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
   * Names it; no other call of the stream has this number.
   */
  'number'?: (number);
}

export interface TakenCall {
  /**
   * For example "/seams.orders.v1.OrderService/PlaceOrder".
   */
  'path': (string);
  /**
   * What is left until its caller's deadline, as grpc-timeout says it for a call alone.
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
   * Names it; no other call of the stream has this number.
   */
  'number': (number);
}
