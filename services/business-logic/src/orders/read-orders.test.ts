import { describe, expect, it } from '@jest/globals';
import { type CallContext, Failure } from '@seams/call';
import type { Order, Principal } from '@seams/contracts';
import { getOrderWith, listOrdersWith } from './read-orders.ts';

const ctx: CallContext = { deadlineAt: Number.MAX_SAFE_INTEGER, signal: new AbortController().signal };
const order = { orderId: 'o-1', customerId: 'ada', cafeId: 'harbour' } as Order;
const getOrder = getOrderWith({ readOrder: async (_ctx, id) => (id === order.orderId ? order : undefined) });

const as = (subject: string, roles: string[], cafeIds: string[] = []): Principal => ({ subject, roles, cafeIds });

describe('an order', () => {
  it.each([
    [as('ada', ['customer']), 'o-1', 'seen'],
    [as('ben', ['customer']), 'o-1', 'not_found'],
    [as('eve', ['staff'], ['harbour']), 'o-1', 'seen'],
    [as('eve', ['staff'], ['station']), 'o-1', 'not_found'],
    [as('eve', ['customer'], ['harbour']), 'o-1', 'not_found'], // a café without the role is worth nothing
    [as('olga', ['operator']), 'o-1', 'seen'],
    [as('olga', ['operator']), 'o-2', 'not_found'],
    [null, 'o-1', 'anonymous'],
  ])('for %j asking for %s is %s', async (principal, orderId, outcome) => {
    const seen = await getOrder(ctx, { principal, orderId }).then(
      () => 'seen',
      (error: unknown) => (error instanceof Failure ? error.kind : String(error)),
    );
    expect(seen).toBe(outcome);
  });

  it("of someone else is refused word for word as one that never was, so that ids can't be tried out", async () => {
    const refusalOf = async (principal: Principal, orderId: string): Promise<unknown> =>
      getOrder(ctx, { principal, orderId }).catch(({ kind, reason, message }: Failure) => ({ kind, reason, message }));
    const unknown = { kind: 'not_found', reason: 'order_unknown', message: 'There is no such order.' };
    expect(await refusalOf(as('ben', ['customer']), 'o-1')).toEqual(unknown);
    expect(await refusalOf(as('ben', ['customer']), 'o-2')).toEqual(unknown);
  });

  it('is listed for its own customer only, whatever else the request says', async () => {
    const listOrders = listOrdersWith({
      readOrders: async (_ctx, page) => ({ orders: [], nextAfterOrderId: page.customerId }),
    });
    const listed = await listOrders(ctx, { principal: as('ben', ['customer']), afterOrderId: '', pageSize: 10 });
    expect(listed.nextAfterOrderId).toBe('ben');
  });
});
