// Original file: protos/seams/auth/v1/auth.proto


export interface LoginRequestInput {
  'email'?: (string);
  'password'?: (string);
}

export interface LoginRequest {
  'email': (string);
  'password': (string);
}
