// Original file: protos/seams/auth/v1/auth.proto


export interface RefreshRequestInput {
  'refreshToken'?: (string);
}

export interface RefreshRequest {
  'refreshToken': (string);
}
