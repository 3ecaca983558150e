// Original file: protos/seams/auth/v1/auth.proto


export interface RegisterRequestInput {
  'email'?: (string);
  'password'?: (string);
  'displayName'?: (string);
}

export interface RegisterRequest {
  'email': (string);
  'password': (string);
  'displayName': (string);
}
