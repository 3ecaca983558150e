// Original file: protos/seams/orders/v1/orders.proto


export interface OrderItemInput {
  'itemId'?: (string);
  'quantity'?: (number);
}

export interface OrderItem {
  'itemId': (string);
  'quantity': (number);
}
