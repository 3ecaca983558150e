// Original file: protos/seams/auth/v1/auth.proto


export interface GetSigningKeysResponseInput {
  /**
   * RFC 7517 JSON Web Key Set.
   */
  'jwksJson'?: (string);
}

export interface GetSigningKeysResponse {
  /**
   * RFC 7517 JSON Web Key Set.
   */
  'jwksJson': (string);
}
