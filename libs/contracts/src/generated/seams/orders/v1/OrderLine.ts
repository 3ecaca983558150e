// Original file: protos/seams/orders/v1/orders.proto

import type { Long } from '@grpc/proto-loader';

export interface OrderLineInput {
  'itemId'?: (string);
  'name'?: (string);
  'quantity'?: (number);
  'unitPriceCents'?: (number | string | Long);
}

export interface OrderLine {
  'itemId': (string);
  'name': (string);
  'quantity': (number);
  'unitPriceCents': (number);
}
