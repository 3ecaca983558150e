// Original file: protos/seams/analytics/v1/analytics.proto

import type { Long } from '@grpc/proto-loader';

export interface MinuteTotalInput {
  /**
   * Start of the minute, Unix time in milliseconds.
   */
  'minuteMs'?: (number | string | Long);
  'orders'?: (number | string | Long);
  'revenueCents'?: (number | string | Long);
}

export interface MinuteTotal {
  /**
   * Start of the minute, Unix time in milliseconds.
   */
  'minuteMs': (number);
  'orders': (number);
  'revenueCents': (number);
}
