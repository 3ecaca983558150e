// Original file: protos/seams/wallet/v1/wallet.proto

import type { TopUpInput as _seams_wallet_v1_TopUpInput, TopUp as _seams_wallet_v1_TopUp } from '../../../seams/wallet/v1/TopUp.ts';

export interface CommitTopUpResponseInput {
  'topUp'?: (_seams_wallet_v1_TopUpInput | null);
  'replayed'?: (boolean);
}

export interface CommitTopUpResponse {
  'topUp': (_seams_wallet_v1_TopUp | null);
  'replayed': (boolean);
}
