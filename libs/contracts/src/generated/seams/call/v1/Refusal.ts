// Original file: protos/seams/call/v1/call.proto


/**
 * A refusal for good: nothing was done and a repetition is refused alike.
 */
export interface RefusalInput {
  /**
   * One of the kinds in libs/call/src/failure.ts.
   */
  'kind'?: (string);
  /**
   * For programs that branch, for example "stock_exhausted".
   */
  'reason'?: (string);
  /**
   * For people.
   */
  'message'?: (string);
}

/**
 * A refusal for good: nothing was done and a repetition is refused alike.
 */
export interface Refusal {
  /**
   * One of the kinds in libs/call/src/failure.ts.
   */
  'kind': (string);
  /**
   * For programs that branch, for example "stock_exhausted".
   */
  'reason': (string);
  /**
   * For people.
   */
  'message': (string);
}
