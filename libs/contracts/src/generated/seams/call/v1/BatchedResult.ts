// Original file: protos/seams/call/v1/call.proto


export interface BatchedResultInput {
  /**
   * The id of its call.
   */
  'id'?: (number);
  /**
   * A gRPC status code, with what a status carries beside it; 0 is OK.
   */
  'status'?: (number);
  'details'?: (string);
  'metadata'?: ({[key: string]: string});
  /**
   * The bytes of that method's response, when the status is OK.
   */
  'response'?: (Buffer | Uint8Array | string);
}

export interface BatchedResult {
  /**
   * The id of its call.
   */
  'id': (number);
  /**
   * A gRPC status code, with what a status carries beside it; 0 is OK.
   */
  'status': (number);
  'details': (string);
  'metadata': ({[key: string]: string});
  /**
   * The bytes of that method's response, when the status is OK.
   */
  'response': (Buffer);
}
