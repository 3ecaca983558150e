// Original file: protos/seams/wallet/v1/wallet.proto

import type { Long } from '@grpc/proto-loader';

export interface WalletInput {
  'customerId'?: (string);
  'balanceCents'?: (number | string | Long);
  'currency'?: (string);
}

export interface Wallet {
  'customerId': (string);
  'balanceCents': (number);
  'currency': (string);
}
