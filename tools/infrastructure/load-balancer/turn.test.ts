/** Whose turn it is, by a clock that only this test moves. */
import type { IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Gateway, Gateways } from './gateways.ts';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

const ORDER = { like: 'POST /v1/orders', reads: false };
const MENU = { like: 'GET /v1/cafes/harbour/menu', reads: true };

function ready(...names: string[]) {
  const addresses = names.map((name, at) => ({ name, host: '127.0.0.1', port: 1 + at, opsPort: 11 + at }));
  const gateways = new Gateways(addresses, () => undefined);
  for (const gateway of gateways.all) gateway.state = 'ready';
  const underWay: Gateway[] = [];
  const send = (count: number, asked = ORDER): string =>
    Array.from({ length: count }, () => {
      const found = gateways.next(new Set(), asked);
      if (!('gateway' in found)) throw new Error('no gateway');
      gateways.sent(found.gateway);
      underWay.push(found.gateway);
      return found.gateway.name;
    }).join('');
  /** All that is under way, or what is at one of them. */
  const answer = (statusCode = 201, at?: string): void => {
    const answered = underWay.filter(({ name }) => at === undefined || name === at);
    for (const gateway of answered) {
      underWay.splice(underWay.indexOf(gateway), 1);
      gateways.answered(gateway, ORDER.like, { statusCode, headers: {} } as IncomingMessage);
      gateways.left(gateway, false);
    }
  };
  return { gateways, send, answer };
}

describe('what is to be done', () => {
  it('goes to one gateway for a quarter of a second, then to the next', () => {
    const { send, answer } = ready('a', 'b');
    let asked = '';
    for (let n = 0; n < 16; n++) {
      asked += send(1);
      answer();
      jest.advanceTimersByTime(49);
    }
    expect(asked).toBe('aaaaaabbbbbbaaaa');
  });

  it('goes on to the next when one has sixteen, and to all by turns when all have', () => {
    expect(ready('a', 'b').send(36)).toBe(`${'a'.repeat(16)}${'b'.repeat(16)}abab`);
  });

  it('leaves one that says nothing: it gets one request a turn', () => {
    const { gateways, send, answer } = ready('a', 'b');
    expect(send(2)).toBe('aa');
    jest.advanceTimersByTime(50);
    expect(send(2)).toBe('bb');
    answer(201, 'b');
    jest.advanceTimersByTime(250);
    expect(send(3)).toBe('abb');
    expect(gateways.all[0]?.unanswered).toBe(3);
  });

  it('leaves one that answers 5xx, so that whoever asks again asks another', () => {
    const { send, answer } = ready('a', 'b');
    expect(send(1)).toBe('a');
    answer(500);
    expect(send(1)).toBe('b');
    answer(409);
    expect(send(1)).toBe('b');
  });

  it('goes on to another, whatever was read meanwhile', () => {
    const { send, answer } = ready('a', 'b');
    expect(send(1)).toBe('a');
    answer();
    send(1, MENU);
    answer(500, 'a');
    answer();
    jest.advanceTimersByTime(250);
    expect(send(1)).toBe('b');
  });

  it('leaves one that is no longer ready', () => {
    const { gateways, send } = ready('a', 'b');
    expect(send(1)).toBe('a');
    (gateways.all[0] as Gateway).state = 'not_ready';
    expect(send(2)).toBe('bb');
  });
});

describe('what only reads', () => {
  it('goes to whoever has most room, by turns among equals, and leaves the turn as it is', () => {
    const { send } = ready('a', 'b');
    expect(send(3)).toBe('aaa');
    expect(send(3, MENU)).toBe('bbb');
    expect(send(4, MENU)).toBe('baba');
    expect(send(2)).toBe('aa');
  });

  it('leaves one that says nothing, however little it has', () => {
    const { gateways, send } = ready('a', 'b');
    send(1);
    jest.advanceTimersByTime(50);
    const b = gateways.all[1] as Gateway;
    gateways.sent(b);
    gateways.sent(b);
    expect(send(3, MENU)).toBe('bbb');
    jest.advanceTimersByTime(50);
    expect(send(1, MENU)).toBe('a'); // none says anything
  });
});
