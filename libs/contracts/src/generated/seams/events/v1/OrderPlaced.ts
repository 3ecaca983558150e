// Original file: protos/seams/events/v1/events.proto

import type { OrderPlacedLineInput as _seams_events_v1_OrderPlacedLineInput, OrderPlacedLine as _seams_events_v1_OrderPlacedLine } from '../../../seams/events/v1/OrderPlacedLine.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * Topic seams.orders.v1, key: order_id.
 */
export interface OrderPlacedInput {
  /**
   * UUID, equal to the header event-id.
   */
  'eventId'?: (string);
  'orderId'?: (string);
  'customerId'?: (string);
  'cafeId'?: (string);
  'lines'?: (_seams_events_v1_OrderPlacedLineInput)[];
  'totalCents'?: (number | string | Long);
  /**
   * ISO 4217.
   */
  'currency'?: (string);
  /**
   * Unix time in milliseconds: the event's time, by which analytics counts.
   */
  'placedAtMs'?: (number | string | Long);
  /**
   * The order's version after this event.
   */
  'orderVersion'?: (number);
}

/**
 * Topic seams.orders.v1, key: order_id.
 */
export interface OrderPlaced {
  /**
   * UUID, equal to the header event-id.
   */
  'eventId': (string);
  'orderId': (string);
  'customerId': (string);
  'cafeId': (string);
  'lines': (_seams_events_v1_OrderPlacedLine)[];
  'totalCents': (number);
  /**
   * ISO 4217.
   */
  'currency': (string);
  /**
   * Unix time in milliseconds: the event's time, by which analytics counts.
   */
  'placedAtMs': (number);
  /**
   * The order's version after this event.
   */
  'orderVersion': (number);
}
