// Original file: protos/seams/wallet/v1/wallet.proto

import type { PrincipalInput as _seams_call_v1_PrincipalInput, Principal as _seams_call_v1_Principal } from '../../../seams/call/v1/Principal.ts';

export interface GetWalletRequestInput {
  'principal'?: (_seams_call_v1_PrincipalInput | null);
}

export interface GetWalletRequest {
  'principal': (_seams_call_v1_Principal | null);
}
