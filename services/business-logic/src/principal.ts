import { Failure } from '@seams/call';
import type { Principal, RequestKey } from '@seams/contracts';

/**
 * Who may do what. Checked here and not only at the gateway: what decides must know for whom.
 */

/** The customer that a keyed write is for. */
export function customerOf(principal: Principal | null, key: RequestKey | null): string {
  const { subject, roles } = identified(principal);
  if (!roles.includes('customer'))
    throw new Failure('forbidden', 'customers_only', 'Only a customer has orders and a wallet.');
  if (!key || key.customerId !== subject)
    throw new Failure('forbidden', 'not_your_key', 'The key belongs to someone else.');
  return subject;
}

/** Whose orders and wallet a reader may see as their own. */
export function identified(principal: Principal | null): Principal {
  if (!principal?.subject) throw new Failure('anonymous', 'principal_missing', 'Nobody is logged in.');
  return principal;
}

/** A customer sees their own orders, staff those of their cafés, an operator all. */
export function maySee(principal: Principal, order: { readonly customerId: string; readonly cafeId: string }): boolean {
  if (order.customerId === principal.subject) return true;
  if (principal.roles.includes('operator')) return true;
  return principal.roles.includes('staff') && principal.cafeIds.includes(order.cafeId);
}
