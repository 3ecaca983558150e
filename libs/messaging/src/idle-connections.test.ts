import { createRequire } from 'node:module';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { letIdleConnectionsRest } from './idle-connections.ts';

interface Queue {
  throttledUntil: number;
  pending: unknown[];
  checkPendingRequests(): void;
}
const require = createRequire(import.meta.url);
const RequestQueue = require('kafkajs/src/network/requestQueue') as new (options: object) => Queue;

const quiet = { debug: () => undefined };
const queue = (): Queue =>
  new RequestQueue({
    maxInFlightRequests: 0, // what comes has to wait
    requestTimeout: 1_000,
    enforceRequestTimeout: false,
    clientId: 'test',
    broker: 'test',
    logger: { ...quiet, namespace: () => quiet },
    isConnected: () => true,
  });

letIdleConnectionsRest();
beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

describe('a connection to Kafka', () => {
  it('on which nothing waits sets no timer', () => {
    const idle = queue();
    idle.checkPendingRequests();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('that is throttled looks once, when that is over', () => {
    const throttled = queue();
    throttled.throttledUntil = Date.now() + 500;
    throttled.checkPendingRequests();
    jest.advanceTimersByTime(499);
    expect(jest.getTimerCount()).toBe(1);
    jest.advanceTimersByTime(1);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('with a request that waits looks for its turn again and again', () => {
    const busy = queue();
    busy.pending.push({});
    busy.checkPendingRequests();
    jest.advanceTimersByTime(100);
    expect(jest.getTimerCount()).toBe(1);
  });
});
