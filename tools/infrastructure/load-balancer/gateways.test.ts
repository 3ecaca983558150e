/** Whose turn it is, by a clock that only this test moves. */
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Gateway, Gateways } from './gateways.ts';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

function ready(...names: string[]) {
  const addresses = names.map((name, at) => ({ name, host: '127.0.0.1', port: 1 + at, opsPort: 11 + at }));
  const gateways = new Gateways(addresses, () => undefined);
  for (const gateway of gateways.all) gateway.state = 'ready';
  const next = (): Gateway => {
    const found = gateways.next(new Set(), undefined);
    if (!('gateway' in found)) throw new Error('no gateway');
    return found.gateway;
  };
  return {
    /** So many requests that are not answered; the names of those that they go to. */
    send: (count: number): string =>
      Array.from({ length: count }, () => {
        const gateway = next();
        gateway.inFlight += 1;
        return gateway.name;
      }).join(''),
    answerAll: (): void => {
      for (const gateway of gateways.all) gateway.inFlight = 0;
    },
  };
}

describe('the turn', () => {
  it('goes on with each request when none is under way', () => {
    const { send, answerAll } = ready('a', 'b');
    let asked = '';
    for (let n = 0; n < 4; n++) {
      asked += send(1);
      answerAll();
    }
    expect(asked).toBe('abab');
  });

  it('stays with a gateway that is busy, up to half of its places', () => {
    expect(ready('a', 'b').send(24)).toBe('a'.repeat(12) + 'b'.repeat(12));
  });

  it('and for a tenth of a second', () => {
    const { send } = ready('a', 'b');
    expect(send(3)).toBe('aaa');
    jest.advanceTimersByTime(99);
    expect(send(1)).toBe('a');
    jest.advanceTimersByTime(1);
    expect(send(3)).toBe('bbb');
  });

  it('goes on with each request when all are busy', () => {
    const { send } = ready('a', 'b');
    send(24);
    expect(send(4)).toBe('abab');
  });
});
