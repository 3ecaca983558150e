// Original file: protos/seams/auth/v1/auth.proto

import type { TokensInput as _seams_auth_v1_TokensInput, Tokens as _seams_auth_v1_Tokens } from '../../../seams/auth/v1/Tokens.ts';

export interface RefreshResponseInput {
  'subject'?: (string);
  'tokens'?: (_seams_auth_v1_TokensInput | null);
}

export interface RefreshResponse {
  'subject': (string);
  'tokens': (_seams_auth_v1_Tokens | null);
}
