// Original file: protos/seams/auth/v1/auth.proto


export interface TokensInput {
  /**
   * A signed JWT.
   */
  'accessToken'?: (string);
  /**
   * Seconds that the access token stays valid.
   */
  'accessExpiresInS'?: (number);
  /**
   * Opaque; single use.
   */
  'refreshToken'?: (string);
  'refreshExpiresInS'?: (number);
}

export interface Tokens {
  /**
   * A signed JWT.
   */
  'accessToken': (string);
  /**
   * Seconds that the access token stays valid.
   */
  'accessExpiresInS': (number);
  /**
   * Opaque; single use.
   */
  'refreshToken': (string);
  'refreshExpiresInS': (number);
}
