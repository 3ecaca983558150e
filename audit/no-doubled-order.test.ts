import { describe, expect, it } from '@jest/globals';
import type { OrderFact } from './facts.ts';
import type { Journal } from './journal.ts';
import { doubledInJournal } from './no-doubled-order.ts';

const order = (orderId: string, clientNonce: string, changes: Partial<OrderFact> = {}): OrderFact =>
  ({ orderId, customerId: 'c-1', clientNonce, voided: false, ...changes }) as OrderFact;

const line = (key: string, clientNonce: string) =>
  ({
    customerId: 'c-1',
    key,
    request: { cafeId: 'harbour', items: [], clientNonce },
  }) as unknown as Journal['ok'][number];

const LOOKS_AT = "nonces of the client's journal, one order each";

const ask = (orders: readonly OrderFact[], ok: Journal['ok'], nothing: Journal['nothing'] = []) => {
  const { looksAt, lookedAt, breaches, note } = doubledInJournal(
    { orders: new Map(orders.map((one) => [one.orderId, one])) },
    { ok, nothing, unknown: 0, lines: ok.length },
  );
  expect(looksAt).toBe(LOOKS_AT);
  return { lookedAt, ids: breaches.map(({ id }) => id), note };
};

describe('the nonces of a journal', () => {
  it.each([
    ['one order each', [order('o-1', 'n-1'), order('o-2', 'n-2')], []],
    ['two orders of one intent', [order('o-1', 'n-1'), order('o-2', 'n-1')], ['n-1']],
    ['the second one void by a correction', [order('o-1', 'n-1'), order('o-2', 'n-1', { voided: true })], []],
    ['the same text of another customer', [order('o-1', 'n-1'), order('o-2', 'n-1', { customerId: 'c-2' })], []],
    ['none that was done', [], []],
  ])('%s', (_, orders, ids) => {
    expect(ask(orders, [line('k-1', 'n-1')])).toEqual({ lookedAt: 1, ids, note: undefined });
  });

  it('of a refused intent are looked at too', () => {
    expect(ask([order('o-1', 'n-1'), order('o-2', 'n-1')], [], [line('k-1', 'n-1')]).ids).toEqual(['n-1']);
  });

  it('under several keys say nothing: two orders were meant', () => {
    const twice = [line('k-1', 'table 5'), line('k-2', 'table 5')];
    const note = '1 nonces under several keys are left out';
    expect(ask([order('o-1', 'table 5'), order('o-2', 'table 5')], twice)).toEqual({ lookedAt: 0, ids: [], note });
  });

  it('may be missing: an intent without one is not looked at', () => {
    const nameless = { customerId: 'c-1', key: 'k', request: {} } as unknown as Journal['ok'][number];
    expect(ask([order('o-1', ''), order('o-2', '')], [nameless, line('k-2', '')])).toMatchObject({
      lookedAt: 0,
      ids: [],
    });
  });

  it('of several orders are a breach that names them', () => {
    const orders = ['o-1', 'o-2', 'o-3'].map((orderId) => order(orderId, 'n-1'));
    const facts = { orders: new Map(orders.map((one) => [one.orderId, one])) };
    const journal = { ok: [line('k-1', 'n-1')], nothing: [], unknown: 0, lines: 1 };
    expect(doubledInJournal(facts, journal).breaches).toEqual([{ id: 'n-1', what: 'one intent, o-1, o-2, o-3' }]);
  });

  it('are not judged without a journal', () => {
    expect(doubledInJournal({ orders: new Map([['o', order('o', 'n')]]) }, undefined)).toEqual({
      ...{ looksAt: LOOKS_AT, lookedAt: 0, breachesTotal: 0, breaches: [], note: 'not given: --journal FILE' },
    });
  });
});
