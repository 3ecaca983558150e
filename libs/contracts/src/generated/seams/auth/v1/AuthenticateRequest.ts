// Original file: protos/seams/auth/v1/auth.proto


export interface AuthenticateRequestInput {
  'accessToken'?: (string);
}

export interface AuthenticateRequest {
  'accessToken': (string);
}
