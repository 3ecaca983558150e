// Original file: protos/seams/auth/v1/auth.proto

import type { PrincipalInput as _seams_call_v1_PrincipalInput, Principal as _seams_call_v1_Principal } from '../../../seams/call/v1/Principal.ts';
import type { Long } from '@grpc/proto-loader';

export interface AuthenticateResponseInput {
  'principal'?: (_seams_call_v1_PrincipalInput | null);
  /**
   * Unix time in milliseconds.
   */
  'expiresAtMs'?: (number | string | Long);
}

export interface AuthenticateResponse {
  'principal': (_seams_call_v1_Principal | null);
  /**
   * Unix time in milliseconds.
   */
  'expiresAtMs': (number);
}
