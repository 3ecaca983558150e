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

const ask = (orders: readonly OrderFact[], ok: Journal['ok'], nothing: Journal['nothing'] = []) => {
  const { lookedAt, breaches, note } = doubledInJournal(
    { orders: new Map(orders.map((one) => [one.orderId, one])) },
    { ok, nothing, unknown: 0, lines: ok.length },
  );
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

  it('are not judged without a journal', () => {
    const { lookedAt, breachesTotal } = doubledInJournal({ orders: new Map([['o', order('o', 'n')]]) }, undefined);
    expect([lookedAt, breachesTotal]).toEqual([0, 0]);
  });
});
