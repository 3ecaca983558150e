// Original file: protos/seams/orders/v1/orders.proto


export interface ReadOrderRequestInput {
  'orderId'?: (string);
}

export interface ReadOrderRequest {
  'orderId': (string);
}
