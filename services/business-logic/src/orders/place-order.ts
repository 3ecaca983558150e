import { type CallContext, Failure } from '@seams/call';
import type { Menu, PlaceOrderRequest, PlaceOrderResponse, RequestKey } from '@seams/contracts';
import { customerOf } from '../principal.ts';
import { decidePlacement, KIND_OF, MESSAGE_OF, type Placement } from './order.ts';

/** What placing an order needs from the world. Each line is one thing that can be slow or down. */
export interface Ports {
  /** Undefined when there is no such café. `cached`: up to one ttl old, so safe for accepting an order, never for refusing one. */
  readPrices(ctx: CallContext, cafeId: string): Promise<{ readonly menu: Menu | undefined; readonly cached: boolean }>;
  /** As it is now. */
  readMenu(ctx: CallContext, cafeId: string): Promise<Menu | undefined>;
  /** Commits the decision under its key: gives the first answer, or throws the first refusal. */
  commit(ctx: CallContext, key: RequestKey, decision: Decision): Promise<PlaceOrderResponse>;
  newId(): string;
  now(): number;
}

export type Decision = Extract<Placement, { kind: 'placed' }> | { readonly kind: 'refused'; readonly failure: Failure };

/**
 * Decides, then has it committed. A refusal goes to storage as well: only there is it known whether this key got an
 * answer before, and a key that got one must get the same again, whatever the menu says today.
 */
export const placeOrderWith = (world: Ports) =>
  async function placeOrder(ctx: CallContext, request: PlaceOrderRequest): Promise<PlaceOrderResponse> {
    const { key } = request;
    const customerId = customerOf(request.principal, key);

    const decide = (menu: Menu | undefined): Placement =>
      decidePlacement({ ...request, customerId }, menu, { orderId: world.newId(), now: world.now() });

    const { menu, cached } = await world.readPrices(ctx, request.cafeId);
    let placement = decide(menu);
    // A refusal is final under its key, and a cached menu may lack a new item.
    if (cached && placement.kind === 'refused') placement = decide(await world.readMenu(ctx, request.cafeId));

    return world.commit(ctx, key as RequestKey, decisionOf(placement));
  };

function decisionOf(placement: Placement): Decision {
  if (placement.kind === 'placed') return placement;
  const { reason } = placement;
  return { kind: 'refused', failure: new Failure(KIND_OF[reason], reason, MESSAGE_OF[reason]) };
}
