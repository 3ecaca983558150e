import type { FailureKind } from '@seams/call';
import { LINES_MAX, type Menu, type Order, type OrderItem, type OrderLine, QUANTITY_MAX } from '@seams/contracts';

/** What a customer asks for. */
export interface PlaceOrder {
  readonly customerId: string;
  readonly cafeId: string;
  readonly items: readonly OrderItem[];
  readonly clientNonce: string;
}

export type RefusalReason =
  | 'order_empty'
  | 'too_many_lines'
  | 'quantity_out_of_range'
  | 'item_twice'
  | 'cafe_unknown'
  | 'item_unknown'
  | 'total_out_of_range';

export type Placement =
  | { readonly kind: 'placed'; readonly order: Order }
  | { readonly kind: 'refused'; readonly reason: RefusalReason };

/** Integer cents; far below 2^53 even when a customer's whole history is summed. */
export const TOTAL_CENTS_MAX = 1_000_000;

export const KIND_OF = {
  order_empty: 'invalid',
  too_many_lines: 'invalid',
  quantity_out_of_range: 'invalid',
  item_twice: 'invalid',
  cafe_unknown: 'not_found',
  item_unknown: 'rejected',
  total_out_of_range: 'rejected',
} as const satisfies Record<RefusalReason, FailureKind>;

export const MESSAGE_OF = {
  order_empty: 'An order names at least one item.',
  too_many_lines: `An order names at most ${LINES_MAX} items.`,
  quantity_out_of_range: `The quantity of an item is a whole number from 1 to ${QUANTITY_MAX}.`,
  item_twice: 'An order names each item once, with its quantity.',
  cafe_unknown: 'There is no such café.',
  item_unknown: 'The café does not offer one of the items.',
  total_out_of_range: `An order costs at most ${TOTAL_CENTS_MAX} cents.`,
} as const satisfies Record<RefusalReason, string>;

/**
 * Decides on an order: what it would be at these prices, or why not. Stock and money are not decided here; storage
 * settles both at the moment of the commit, the only moment when they are certain.
 * Reasons are checked from the caller's own mistakes to the state of the world.
 */
export function decidePlacement(
  command: PlaceOrder,
  menu: Menu | undefined,
  given: { readonly orderId: string; readonly now: number },
): Placement {
  const { items } = command;
  if (items.length === 0) return refused('order_empty');
  if (items.length > LINES_MAX) return refused('too_many_lines');
  if (items.some(({ quantity }) => !isQuantity(quantity))) return refused('quantity_out_of_range');
  if (!menu) return refused('cafe_unknown');

  const lines = linesOf(items, menu);
  if (!lines) return refused('item_unknown');
  // No JSON Schema can say this, so a client that keeps to the schema hears first that its café or item is unknown.
  if (new Set(items.map(({ itemId }) => itemId)).size < items.length) return refused('item_twice');
  const totalCents = lines.reduce((sum, line) => sum + line.quantity * line.unitPriceCents, 0);
  if (totalCents > TOTAL_CENTS_MAX) return refused('total_out_of_range');

  const order: Order = {
    orderId: given.orderId,
    customerId: command.customerId,
    cafeId: command.cafeId,
    status: 'ORDER_STATUS_PLACED',
    lines,
    totalCents,
    currency: menu.currency,
    placedAtMs: given.now,
    version: 1,
    clientNonce: command.clientNonce,
  };
  return { kind: 'placed', order };
}

function linesOf(items: readonly OrderItem[], menu: Menu): OrderLine[] | undefined {
  const offered = new Map(menu.items.map((item) => [item.itemId, item]));
  const lines: OrderLine[] = [];
  for (const { itemId, quantity } of items) {
    const item = offered.get(itemId);
    if (!item) return undefined;
    lines.push({ itemId, name: item.name, quantity, unitPriceCents: item.priceCents });
  }
  return lines;
}

const isQuantity = (quantity: number): boolean =>
  Number.isInteger(quantity) && quantity >= 1 && quantity <= QUANTITY_MAX;

const refused = (reason: RefusalReason): Placement => ({ kind: 'refused', reason });
