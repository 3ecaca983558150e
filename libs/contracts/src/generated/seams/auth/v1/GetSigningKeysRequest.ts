// Original file: protos/seams/auth/v1/auth.proto


export interface GetSigningKeysRequestInput {
}

export interface GetSigningKeysRequest {
}
