// Original file: protos/seams/analytics/v1/analytics.proto

import type { MinuteTotalInput as _seams_analytics_v1_MinuteTotalInput, MinuteTotal as _seams_analytics_v1_MinuteTotal } from '../../../seams/analytics/v1/MinuteTotal.ts';
import type { Long } from '@grpc/proto-loader';

export interface GetCafeReportResponseInput {
  'cafeId'?: (string);
  /**
   * Minutes with at least one order, ascending.
   */
  'minutes'?: (_seams_analytics_v1_MinuteTotalInput)[];
  /**
   * Over the café's whole history, not only the minutes asked for.
   */
  'ordersTotal'?: (number | string | Long);
  'revenueTotalCents'?: (number | string | Long);
  /**
   * The time of the newest event counted, Unix time in milliseconds; 0 if none.
   */
  'asOfMs'?: (number | string | Long);
}

export interface GetCafeReportResponse {
  'cafeId': (string);
  /**
   * Minutes with at least one order, ascending.
   */
  'minutes': (_seams_analytics_v1_MinuteTotal)[];
  /**
   * Over the café's whole history, not only the minutes asked for.
   */
  'ordersTotal': (number);
  'revenueTotalCents': (number);
  /**
   * The time of the newest event counted, Unix time in milliseconds; 0 if none.
   */
  'asOfMs': (number);
}
