import { describe, expect, it } from '@jest/globals';
import { Failure } from '@seams/call';
import type { Principal, RequestKey } from '@seams/contracts';
import { customerOf, identified, maySee } from './principal.ts';

const ada: Principal = { subject: 'ada', roles: ['customer'], cafeIds: [] };
const key = (customerId: string): RequestKey => ({ customerId, route: 'r', key: 'k', fingerprint: Buffer.alloc(32) });
const as = (roles: string[], cafeIds: string[] = []): Principal => ({ subject: 'eve', roles, cafeIds });

function refusalOf(act: () => unknown): unknown {
  try {
    return act();
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    return [thrown.kind, thrown.reason, thrown.message];
  }
}

describe('a keyed write', () => {
  it('is for the customer who is logged in', () => {
    expect(customerOf(ada, key('ada'))).toBe('ada');
  });

  it.each([
    ['who is not logged in', null, key('ada'), ['anonymous', 'principal_missing', 'Nobody is logged in.']],
    [
      'who is no customer',
      { ...ada, roles: ['staff', 'operator'] },
      key('ada'),
      ['forbidden', 'customers_only', 'Only a customer has orders and a wallet.'],
    ],
    ["by another's key", ada, key('ben'), ['forbidden', 'not_your_key', 'The key belongs to someone else.']],
    ['without a key', ada, null, ['forbidden', 'not_your_key', 'The key belongs to someone else.']],
  ])('of one %s is refused', (_, principal, given, refusal) => {
    expect(refusalOf(() => customerOf(principal, given))).toEqual(refusal);
  });
});

describe('a reader', () => {
  it.each([
    ['nobody', null],
    ['a principal without a name', { ...ada, subject: '' }],
  ])('that is %s is refused', (_, principal) => {
    expect(refusalOf(() => identified(principal))).toEqual(['anonymous', 'principal_missing', 'Nobody is logged in.']);
  });

  it.each([
    ['the customer of the order', ada, true],
    ['another customer', as(['customer']), false],
    ['an operator', as(['operator']), true],
    ['staff of its café', as(['staff'], ['station', 'harbour']), true],
    ['staff of another café', as(['staff'], ['station']), false],
    ['a customer with the café, but not the role', as(['customer'], ['harbour']), false],
  ])('that is %s', (_, principal, sees) => {
    expect(maySee(principal, { customerId: 'ada', cafeId: 'harbour' })).toBe(sees);
  });
});
