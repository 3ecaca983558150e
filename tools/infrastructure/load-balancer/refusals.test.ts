import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Refusals } from './refusals.ts';
import { ask, balancerOver, closeAll, eventually, gateway } from './stand-ins.ts';

afterEach(closeAll);

const ORDER = { method: 'POST', path: '/v1/orders' };
const refuse = (response: ServerResponse): void =>
  void response.writeHead(503, { 'Retry-After': '7', 'Seams-Refused-Class': 'order' }).end('{}');

/** One place for orders, as the gateways' gate has 21; everything else is answered at once. */
async function fullGateway() {
  const asked: string[] = [];
  const held: ServerResponse[] = [];
  const standIn = await gateway((incoming: IncomingMessage, response) => {
    asked.push(`${incoming.method} ${incoming.url}`);
    if (incoming.method !== 'POST') response.end('read');
    else if (held.length > 0) refuse(response);
    else held.push(response);
  });
  const finish = (): void => void held.pop()?.end('done');
  return { ...standIn, asked, held, finish, orders: () => asked.filter((line) => line.startsWith('POST')).length };
}

describe('what the gateways have just refused', () => {
  it('is refused here, with their time to come again, and asked for anew when a request of theirs has ended', async () => {
    const [a, b] = [await fullGateway(), await fullGateway()];
    const { port } = await balancerOver([a, b]);
    const first = [ask(port, ORDER), ask(port, ORDER)];
    await eventually(() => a.held.length + b.held.length === 2);

    const refused = [];
    for (let n = 0; n < 40; n++) refused.push(await ask(port, ORDER));
    for (const { status, headers, body } of refused) {
      expect({ status, after: headers['retry-after'] }).toEqual({ status: 503, after: '7' });
      if (body !== '{}') expect(JSON.parse(body)).toMatchObject({ reason: 'overloaded' });
    }
    const told = refused.filter(({ body }) => body === '{}').length;
    expect(told).toBeLessThan(refused.length);
    expect(a.orders() + b.orders()).toBe(2 + told);

    a.finish();
    b.finish();
    for (const { status } of await Promise.all(first)) expect(status).toBe(200);
    const again = ask(port, ORDER);
    await eventually(() => a.held.length + b.held.length === 1);
    a.finish();
    b.finish();
    expect((await again).status).toBe(200);
  });

  it('keeps nobody out of a gateway that has become empty without a word', async () => {
    let full = true;
    const only = await gateway((_, response) => (full ? refuse(response) : void response.end('done')));
    const { port } = await balancerOver([only]);
    expect((await ask(port, ORDER)).status).toBe(503);
    full = false;
    await eventually(async () => (await ask(port, ORDER)).status === 200);
  });

  it('leaves other paths, other methods and what carries a fault plan to the gateway', async () => {
    const seen: string[] = [];
    const only = await gateway((incoming, response) => {
      seen.push(`${incoming.method} ${incoming.url} ${incoming.headers['seams-without'] ?? ''}`.trim());
      refuse(response);
    });
    const { port } = await balancerOver([only]);
    const others = [
      ORDER,
      { method: 'GET', path: '/v1/orders' },
      { method: 'POST', path: '/v1/orders/1' },
      { ...ORDER, headers: { 'Seams-Without': 'bulkhead' } },
    ];
    for (const other of others) await ask(port, other);
    expect(seen).toEqual(['POST /v1/orders', 'GET /v1/orders', 'POST /v1/orders/1', 'POST /v1/orders bulkhead']);
  });

  it('is forgotten for a 503 of another kind, which says nothing about places', async () => {
    let asked = 0;
    const only = await gateway((_, response) => {
      asked += 1;
      response.writeHead(503, { 'Retry-After': '1' }).end();
    });
    const { port } = await balancerOver([only]);
    for (let n = 0; n < 5; n++) await ask(port, ORDER);
    expect(asked).toBe(5);
  });
});

describe('the refusals of one gateway', () => {
  const LIKE = 'POST /v1/orders';

  it('let one in for each that came out, and stay for as long as some do', () => {
    const refusals = new Refusals();
    refusals.refused(LIKE, '7', 0);
    expect(refusals.of(LIKE, 10)).toBe('7');
    refusals.ended(40);
    refusals.ended(41);
    for (const _ of ['first', 'second']) {
      expect(refusals.of(LIKE, 42)).toBeUndefined();
      refusals.sent(LIKE, 42);
    }
    expect(refusals.of(LIKE, 80)).toBe('7');
    expect(refusals.of(LIKE, 91)).toBeUndefined();
  });

  it('have no place again when what was let in is refused, and say nothing of anything else', () => {
    const refusals = new Refusals();
    refusals.refused(LIKE, '1', 0);
    refusals.ended(1);
    refusals.ended(1);
    refusals.refused(LIKE, '2', 2);
    expect(refusals.of(LIKE, 3)).toBe('2');
    expect(refusals.of('GET /v1/orders', 3)).toBeUndefined();
    expect(refusals.of(undefined, 3)).toBeUndefined();
  });
});
