import { describe, expect, it } from '@jest/globals';
import type { AnswerFact, Facts, OrderFact } from './facts.ts';
import type { AnsweredOrder } from './protos.ts';
import { answersAgainstTables, askedAgain } from './replays-are-stable.ts';

const ORDER: OrderFact = {
  ...{ orderId: 'o-1', customerId: 'ada', key: 'k', cafeId: 'harbour', totalCents: '300', currency: 'EUR' },
  ...{
    placedAtMs: '1000',
    storedAtMs: 1_000,
    version: 2,
    status: 'ready',
    clientNonce: 'n',
    lines: '1 × tea at 300',
    voided: false,
  },
};
const SAID: AnsweredOrder = {
  ...{ orderId: 'o-1', customerId: 'ada', cafeId: 'harbour', totalCents: '300', currency: 'EUR', placedAtMs: '1000' },
  ...{ version: 2, status: 'ORDER_STATUS_READY', clientNonce: 'n' },
  lines: [{ itemId: 'tea', quantity: 1, unitPriceCents: '300' }],
};
const ask = (says: AnswerFact['says'], customerId = 'ada') =>
  answersAgainstTables({
    orderByKey: new Map([['ada k', ORDER]]),
    answers: [{ customerId, key: 'k', says }],
  } as unknown as Facts);

describe('a stored answer', () => {
  it.each([
    ['the order as it is', {}],
    ['the order as it was, before it moved on', { version: 1, status: 'ORDER_STATUS_PLACED' }],
  ])('may say %s', (_, changes) => {
    expect(ask({ ...SAID, ...changes })).toEqual({
      looksAt: 'stored answers, decoded and compared with the order',
      ...{ lookedAt: 1, breachesTotal: 0, breaches: [] },
    });
  });

  it.each([
    ['another total', { totalCents: '301' }, 'totalCents is 301, the order has 300'],
    ['other lines', { lines: [] }, 'lines are , the order has 1 × tea at 300'],
    ['another nonce', { clientNonce: 'm' }, 'nonce m, the order has n'],
    ['a version that never was', { version: 3 }, 'version 3, the order has only 2'],
    [
      'another status of the same version',
      { status: 'ORDER_STATUS_PLACED' },
      'status ORDER_STATUS_PLACED, the order has ORDER_STATUS_READY',
    ],
  ])('that says %s is a breach', (_, changes, what) => {
    expect(ask({ ...SAID, ...changes })).toMatchObject({
      lookedAt: 1,
      breaches: [{ id: 'o-1', what: `the answer under key k says: ${what}` }],
    });
  });

  it('that can’t be read is a breach', () => {
    expect(ask(undefined)).toMatchObject({
      lookedAt: 1,
      breaches: [{ id: 'o-1', what: 'the answer under key k is no CommitOrderResponse' }],
    });
  });

  it('without its order is named by check 1', () => {
    expect(ask({ ...SAID, totalCents: '0' }, 'ben')).toMatchObject({ lookedAt: 0, breachesTotal: 0 });
  });

  it('is not asked for over REST, and the audit says why', () => {
    expect(askedAgain()).toMatchObject({ looksAt: 'keys sent again over REST', lookedAt: 0, breachesTotal: 0 });
    expect(askedAgain().note).toMatch(/^not checked: /);
  });
});
