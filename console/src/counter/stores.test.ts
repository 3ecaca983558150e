import { describe, expect, it } from '@jest/globals';
import type { Answer } from '../api/ask.ts';
import { isSettled, type OrderInStores, orderPlacedBy } from './stores.ts';

const answer = (method: 'GET' | 'POST', path: string, status: number): Answer => ({
  question: { method, path },
  status,
  ms: 1,
  text: '{"orderId":"o-1"}',
  traceId: undefined,
  degraded: undefined,
  replayed: false,
  retryAfterS: undefined,
  problem: undefined,
});
const kafka = { topic: 't', partition: 0, offset: '1', key: 'o-1', bytes: 1 };
const analytics = { countedAt: '2026-11-21T10:00:00.000Z' };
const order = (more: Partial<OrderInStores>): OrderInStores => ({
  orderId: 'o-1',
  postgres: { order: '', stock: '', ledger: '', event: '' },
  kafka,
  kafkaSays: '',
  analytics,
  ...more,
});

describe('an order in every store', () => {
  it.each([
    ['POST', '/v1/orders', 201, 'o-1'],
    ['POST', '/v1/orders', 504, undefined],
    ['GET', '/v1/orders', 200, undefined],
    ['POST', '/v1/wallet/top-ups', 201, undefined],
  ] as const)('is looked for after %s %s: %d', (method, path, status, orderId) => {
    expect(orderPlacedBy(answer(method, path, status))).toBe(orderId);
  });

  it.each([
    [{}, true],
    [{ kafka: null }, false],
    [{ analytics: null }, false],
  ] as const)('is settled once it is in all of them: %p', (more, settled) => {
    expect(isSettled(order(more))).toBe(settled);
  });
});
