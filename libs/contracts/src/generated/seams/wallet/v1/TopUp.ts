// Original file: protos/seams/wallet/v1/wallet.proto

import type { Long } from '@grpc/proto-loader';

export interface TopUpInput {
  /**
   * UUID, version 7.
   */
  'topUpId'?: (string);
  'customerId'?: (string);
  'amountCents'?: (number | string | Long);
  /**
   * ISO 4217.
   */
  'currency'?: (string);
  /**
   * Unix time in milliseconds.
   */
  'creditedAtMs'?: (number | string | Long);
  /**
   * The balance right after this credit, in integer cents.
   */
  'balanceCents'?: (number | string | Long);
}

export interface TopUp {
  /**
   * UUID, version 7.
   */
  'topUpId': (string);
  'customerId': (string);
  'amountCents': (number);
  /**
   * ISO 4217.
   */
  'currency': (string);
  /**
   * Unix time in milliseconds.
   */
  'creditedAtMs': (number);
  /**
   * The balance right after this credit, in integer cents.
   */
  'balanceCents': (number);
}
