// Original file: protos/seams/wallet/v1/wallet.proto

import type { RequestKeyInput as _seams_call_v1_RequestKeyInput, RequestKey as _seams_call_v1_RequestKey } from '../../../seams/call/v1/RequestKey.ts';
import type { TopUpInput as _seams_wallet_v1_TopUpInput, TopUp as _seams_wallet_v1_TopUp } from '../../../seams/wallet/v1/TopUp.ts';
import type { RefusalInput as _seams_call_v1_RefusalInput, Refusal as _seams_call_v1_Refusal } from '../../../seams/call/v1/Refusal.ts';

export interface CommitTopUpRequestInput {
  'key'?: (_seams_call_v1_RequestKeyInput | null);
  /**
   * With balance_cents unset: storage fills it in.
   */
  'accepted'?: (_seams_wallet_v1_TopUpInput | null);
  'refused'?: (_seams_call_v1_RefusalInput | null);
  'decision'?: "accepted"|"refused";
}

export interface CommitTopUpRequest {
  'key': (_seams_call_v1_RequestKey | null);
  /**
   * With balance_cents unset: storage fills it in.
   */
  'accepted'?: (_seams_wallet_v1_TopUp | null);
  'refused'?: (_seams_call_v1_Refusal | null);
  'decision'?: "accepted"|"refused";
}
