// Original file: protos/seams/wallet/v1/wallet.proto

import type { PrincipalInput as _seams_call_v1_PrincipalInput, Principal as _seams_call_v1_Principal } from '../../../seams/call/v1/Principal.ts';
import type { RequestKeyInput as _seams_call_v1_RequestKeyInput, RequestKey as _seams_call_v1_RequestKey } from '../../../seams/call/v1/RequestKey.ts';
import type { Long } from '@grpc/proto-loader';

export interface TopUpRequestInput {
  'principal'?: (_seams_call_v1_PrincipalInput | null);
  'key'?: (_seams_call_v1_RequestKeyInput | null);
  'amountCents'?: (number | string | Long);
}

export interface TopUpRequest {
  'principal': (_seams_call_v1_Principal | null);
  'key': (_seams_call_v1_RequestKey | null);
  'amountCents': (number);
}
