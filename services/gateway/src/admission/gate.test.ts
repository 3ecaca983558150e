import { describe, expect, it } from '@jest/globals';
import { CRITICALITIES, type Criticality, Gate, IN_FLIGHT_MIN } from './gate.ts';

/** Enters as often as it may. */
function fill(gate: Gate, criticality: Criticality): number {
  let entered = 0;
  while (gate.tryAcquire(criticality, 0)) entered += 1;
  return entered;
}

describe('the gate', () => {
  it('refuses the less critical first, while there is room for the others', () => {
    const gate = new Gate(100);
    expect([...CRITICALITIES].reverse().map((criticality) => [criticality, fill(gate, criticality)])).toEqual([
      ['analytics', 40],
      ['read', 20],
      ['session', 15],
      ['order', 15],
      ['pay', 10],
    ]);
    expect(CRITICALITIES.map((criticality) => gate.tryAcquire(criticality, 0))).not.toContain(true);
  });

  it('gives the whole limit to the most critical alone', () => {
    expect(fill(new Gate(100), 'pay')).toBe(100);
  });

  it('lets the next one in when one has left, of whatever class', () => {
    const gate = new Gate(IN_FLIGHT_MIN);
    fill(gate, 'read');
    gate.release('read');
    expect([gate.tryAcquire('read', 0), gate.tryAcquire('read', 0)]).toEqual([true, false]);
  });

  it('has a place for each class at the smallest limit', () => {
    const alone = CRITICALITIES.map((criticality) => fill(new Gate(IN_FLIGHT_MIN), criticality));
    expect(alone).toEqual([10, 9, 7, 6, 4]);
  });

  it('counts who is inside and who was refused', () => {
    const gate = new Gate(IN_FLIGHT_MIN);
    fill(gate, 'order');
    gate.tryAcquire('read', 0);
    expect(gate.inFlight).toEqual({ pay: 0, order: 9, session: 0, read: 0, analytics: 0 });
    expect(gate.refused).toEqual({ pay: 0, order: 1, session: 0, read: 1, analytics: 0 });
  });

  it('lets only payments and orders in for half a second after one of them was refused, whatever has left', () => {
    const gate = new Gate(IN_FLIGHT_MIN);
    fill(gate, 'order');
    for (let left = 0; left < 9; left++) gate.release('order');
    for (const other of ['session', 'read', 'analytics'] as const) {
      expect([gate.tryAcquire(other, 499), gate.limitFor(other, 499)]).toEqual([false, 0]);
    }
    expect([gate.tryAcquire('order', 499), gate.tryAcquire('pay', 499)]).toEqual([true, true]);
    expect([gate.tryAcquire('read', 500), gate.limitFor('read', 500)]).toEqual([true, 6]);
  });

  it('keeps nobody out because a menu was refused', () => {
    const gate = new Gate(IN_FLIGHT_MIN);
    fill(gate, 'read');
    for (let left = 0; left < 3; left++) gate.release('read');
    expect([gate.tryAcquire('analytics', 1), gate.tryAcquire('read', 1)]).toEqual([true, true]);
  });
});
