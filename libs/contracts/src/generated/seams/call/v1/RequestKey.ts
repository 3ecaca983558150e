// Original file: protos/seams/call/v1/call.proto


/**
 * Names one intent of one customer. The first answer given under it is the answer for good:
 * the same content gets it again byte for byte, other content is refused.
 */
export interface RequestKeyInput {
  /**
   * UUID of the customer whose key this is; keys of two customers never meet.
   */
  'customerId'?: (string);
  /**
   * The REST route, for example "POST /v1/orders".
   */
  'route'?: (string);
  /**
   * The client's Idempotency-Key, 1 to 255 printable ASCII characters.
   */
  'key'?: (string);
  /**
   * SHA-256 of the canonical content, 32 bytes.
   */
  'fingerprint'?: (Buffer | Uint8Array | string);
}

/**
 * Names one intent of one customer. The first answer given under it is the answer for good:
 * the same content gets it again byte for byte, other content is refused.
 */
export interface RequestKey {
  /**
   * UUID of the customer whose key this is; keys of two customers never meet.
   */
  'customerId': (string);
  /**
   * The REST route, for example "POST /v1/orders".
   */
  'route': (string);
  /**
   * The client's Idempotency-Key, 1 to 255 printable ASCII characters.
   */
  'key': (string);
  /**
   * SHA-256 of the canonical content, 32 bytes.
   */
  'fingerprint': (Buffer);
}
