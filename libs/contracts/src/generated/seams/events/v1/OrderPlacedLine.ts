// Original file: protos/seams/events/v1/events.proto

import type { Long } from '@grpc/proto-loader';

export interface OrderPlacedLineInput {
  'itemId'?: (string);
  'quantity'?: (number);
  'unitPriceCents'?: (number | string | Long);
}

export interface OrderPlacedLine {
  'itemId': (string);
  'quantity': (number);
  'unitPriceCents': (number);
}
