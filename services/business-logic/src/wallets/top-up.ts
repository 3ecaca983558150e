import { type CallContext, Failure } from '@seams/call';
import {
  type RequestKey,
  TOP_UP_CENTS_MAX,
  TOP_UP_CENTS_MIN,
  type TopUp,
  type TopUpRequest,
  type TopUpResponse,
} from '@seams/contracts';
import { customerOf } from '../principal.ts';

/** ISO 4217. */
export const CURRENCY = 'EUR';

export interface Ports {
  /** Commits the decision under its key: gives the first answer, or throws the first refusal. */
  commit(ctx: CallContext, key: RequestKey, decision: Decision): Promise<TopUpResponse>;
  newId(): string;
  now(): number;
}

export type Decision =
  | { readonly kind: 'accepted'; readonly topUp: TopUp }
  | { readonly kind: 'refused'; readonly failure: Failure };

/** Credits the wallet directly; the card that pays for it comes with its own saga later. */
export const topUpWith = (world: Ports) =>
  async function topUp(ctx: CallContext, request: TopUpRequest): Promise<TopUpResponse> {
    const customerId = customerOf(request.principal, request.key);

    const decision = decideTopUp(request.amountCents, customerId, { topUpId: world.newId(), now: world.now() });

    return world.commit(ctx, request.key as RequestKey, decision);
  };

export function decideTopUp(
  amountCents: number,
  customerId: string,
  given: { readonly topUpId: string; readonly now: number },
): Decision {
  if (!Number.isInteger(amountCents) || amountCents < TOP_UP_CENTS_MIN || amountCents > TOP_UP_CENTS_MAX) {
    const message = `A top-up is from ${TOP_UP_CENTS_MIN} to ${TOP_UP_CENTS_MAX} cents.`;
    return { kind: 'refused', failure: new Failure('invalid', 'amount_out_of_range', message) };
  }
  const topUp = {
    topUpId: given.topUpId,
    customerId,
    amountCents,
    currency: CURRENCY,
    creditedAtMs: given.now,
    balanceCents: 0,
  };
  return { kind: 'accepted', topUp };
}
