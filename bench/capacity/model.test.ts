import { describe, expect, it } from '@jest/globals';
import { boundOf, boundOnOneMachine, closedLoopOf, onOneMachine } from './model.ts';

const station = (name: string, servers: number, demandMs: number) => ({ name, servers, demandMs });

describe('the bottleneck law', () => {
  it('names the station that is busy first, and what it does at most', () => {
    expect(boundOf([station('gateway', 2, 4), station('auth', 1, 3), station('disk', 1, 0)])).toEqual({
      station: 'auth',
      ordersPerS: 1_000 / 3,
    });
    expect(() => boundOf([station('disk', 1, 0)])).toThrow('takes nothing');
  });
});

describe('a closed loop', () => {
  it.each([
    // clients, orders/s of one station of 10 ms, with 10 ms beside
    [1, 50],
    [2, 80],
    [100, 100],
  ])('of %d clients does %d a second', (clients, ordersPerS) => {
    expect(closedLoopOf([station('core', 1, 10)], 10, clients).ordersPerS).toBeCloseTo(ordersPerS, 0);
  });

  it('obeys Little: clients = rate × time', () => {
    const { ordersPerS, meanMs } = closedLoopOf([station('a', 2, 7), station('b', 1, 5)], 3, 16);
    expect((ordersPerS * meanMs) / 1_000).toBeCloseTo(16, 6);
    expect(ordersPerS).toBeLessThan(200);
  });

  it('of one client on two cores takes as long as on one', () => {
    expect(closedLoopOf([station('cores', 2, 10)], 0, 1).meanMs).toBeCloseTo(10, 6);
  });
});

describe('one machine that all share', () => {
  const machine = { cores: 2, idleCores: 0, waitedForMs: 10, besideMs: 0, delayMs: 5 };

  it('is a closed loop on its cores when nothing is done beside', () => {
    const { ordersPerS } = onOneMachine(machine, 16);
    expect(ordersPerS).toBeCloseTo(closedLoopOf([station('cores', 2, 10)], 5, 16).ordersPerS, 3);
  });

  it.each([
    [{ ...machine, besideMs: 10 }, 100],
    [{ ...machine, idleCores: 1 }, 100],
    [{ ...machine, idleCores: 1, besideMs: 10 }, 50],
  ])('comes near its bound with many clients, and never above: %j', (busy, bound) => {
    expect(boundOnOneMachine(busy)).toBeCloseTo(bound, 6);
    const { ordersPerS } = onOneMachine(busy, 64);
    expect(ordersPerS).toBeGreaterThan(bound * 0.9);
    expect(ordersPerS).toBeLessThanOrEqual(bound + 0.01);
  });
});
