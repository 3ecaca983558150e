// Original file: protos/seams/wallet/v1/wallet.proto

import type { WalletInput as _seams_wallet_v1_WalletInput, Wallet as _seams_wallet_v1_Wallet } from '../../../seams/wallet/v1/Wallet.ts';

export interface ReadWalletResponseInput {
  'wallet'?: (_seams_wallet_v1_WalletInput | null);
}

export interface ReadWalletResponse {
  'wallet': (_seams_wallet_v1_Wallet | null);
}
