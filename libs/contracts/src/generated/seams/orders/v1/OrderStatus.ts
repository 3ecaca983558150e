// Original file: protos/seams/orders/v1/orders.proto

export const OrderStatus = {
  ORDER_STATUS_UNSPECIFIED: 'ORDER_STATUS_UNSPECIFIED',
  ORDER_STATUS_PLACED: 'ORDER_STATUS_PLACED',
} as const;

export type OrderStatusInput =
  | 'ORDER_STATUS_UNSPECIFIED'
  | 0
  | 'ORDER_STATUS_PLACED'
  | 1

export type OrderStatus = typeof OrderStatus[keyof typeof OrderStatus]
