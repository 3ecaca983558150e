// Original file: protos/seams/orders/v1/orders.proto


export interface ReadOrdersRequestInput {
  'customerId'?: (string);
  'afterOrderId'?: (string);
  'pageSize'?: (number);
}

export interface ReadOrdersRequest {
  'customerId': (string);
  'afterOrderId': (string);
  'pageSize': (number);
}
