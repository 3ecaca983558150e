/**
 * The contracts, read by the auditor itself: were a codec of libs/contracts wrong, writer and reader would be wrong alike
 * and agree.
 */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { loadSync, type MessageTypeDefinition } from '@grpc/proto-loader';

const definitions = loadSync(['seams/events/v1/events.proto', 'seams/orders/v1/orders.proto'], {
  includeDirs: [path.resolve(import.meta.dirname, '../protos')],
  longs: String,
  enums: String,
  defaults: true,
});

export interface OrderPlaced {
  readonly eventId: string;
  readonly orderId: string;
  readonly customerId: string;
  readonly cafeId: string;
  readonly lines: readonly { readonly itemId: string; readonly quantity: number; readonly unitPriceCents: string }[];
  /** Decimal text: the auditor rounds nothing. */
  readonly totalCents: string;
  readonly currency: string;
  readonly placedAtMs: string;
  readonly orderVersion: number;
}

export interface AnsweredOrder extends Omit<OrderPlaced, 'eventId' | 'orderVersion'> {
  readonly status: string;
  readonly version: number;
  readonly clientNonce: string;
}

/** Undefined for bytes that are no such message. */
function decoded<Message>(fullName: string, bytes: Buffer): Message | undefined {
  const definition = definitions[fullName] as MessageTypeDefinition<object, object>;
  try {
    return definition.deserialize(bytes) as Message;
  } catch {
    return undefined; // the one thing that a decoder can say about bytes of another kind
  }
}

export const decodeOrderPlaced = (bytes: Buffer): OrderPlaced | undefined =>
  decoded('seams.events.v1.OrderPlaced', bytes);

export const decodeAnswer = (bytes: Buffer): AnsweredOrder | undefined =>
  decoded<{ order: AnsweredOrder | null }>('seams.orders.v1.CommitOrderResponse', bytes)?.order ?? undefined;

export const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** The lines of an order as one text that two sources can be compared by. */
export const linesText = (lines: OrderPlaced['lines']): string =>
  lines.map(({ itemId, quantity, unitPriceCents }) => `${quantity} × ${itemId} at ${unitPriceCents}`).join(', ');
