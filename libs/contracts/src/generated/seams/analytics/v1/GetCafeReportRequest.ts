// Original file: protos/seams/analytics/v1/analytics.proto

import type { PrincipalInput as _seams_call_v1_PrincipalInput, Principal as _seams_call_v1_Principal } from '../../../seams/call/v1/Principal.ts';
import type { Long } from '@grpc/proto-loader';

export interface GetCafeReportRequestInput {
  /**
   * Staff of the café, or an operator; others are refused.
   */
  'principal'?: (_seams_call_v1_PrincipalInput | null);
  'cafeId'?: (string);
  /**
   * Unix time in milliseconds, inclusive.
   */
  'fromMs'?: (number | string | Long);
  /**
   * Unix time in milliseconds, exclusive.
   */
  'toMs'?: (number | string | Long);
}

export interface GetCafeReportRequest {
  /**
   * Staff of the café, or an operator; others are refused.
   */
  'principal': (_seams_call_v1_Principal | null);
  'cafeId': (string);
  /**
   * Unix time in milliseconds, inclusive.
   */
  'fromMs': (number);
  /**
   * Unix time in milliseconds, exclusive.
   */
  'toMs': (number);
}
