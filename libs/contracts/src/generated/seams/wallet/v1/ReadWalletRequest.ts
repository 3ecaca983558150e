// Original file: protos/seams/wallet/v1/wallet.proto


export interface ReadWalletRequestInput {
  'customerId'?: (string);
}

export interface ReadWalletRequest {
  'customerId': (string);
}
