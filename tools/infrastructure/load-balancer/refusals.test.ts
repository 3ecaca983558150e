import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Refusals, refusalIn } from './refusals.ts';
import { ask, balancerOver, closeAll, eventually, gateway } from './stand-ins.ts';

afterEach(closeAll);

const ORDER = { method: 'POST', path: '/v1/orders' };
const refuse = (response: ServerResponse): void =>
  void response.writeHead(503, { 'Retry-After': '7', 'Seams-Refused-Class': 'order;below=1' }).end('{}');

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
    const first: ReturnType<typeof ask>[] = [];
    const held = (): number => a.held.length + b.held.length;
    // The second may go to the gateway that has the first, and is refused there.
    await eventually(async () => {
      const before = held();
      let answered = false;
      const asked = ask(port, ORDER).finally(() => (answered = true));
      await eventually(() => answered || held() > before);
      if (!answered) first.push(asked);
      return held() === 2;
    });
    const asked = a.orders() + b.orders();

    const refused = [];
    for (let n = 0; n < 40; n++) refused.push(await ask(port, ORDER));
    for (const { status, headers, body } of refused) {
      expect({ status, after: headers['retry-after'] }).toEqual({ status: 503, after: '7' });
      if (body !== '{}') expect(JSON.parse(body)).toMatchObject({ reason: 'overloaded' });
    }
    const told = refused.filter(({ body }) => body === '{}').length;
    expect(told).toBeLessThan(refused.length);
    expect(a.orders() + b.orders()).toBe(asked + told);

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
  const TOLD = { retryAfter: '7', below: 21 };

  it('hold while as many are under way as it said, however many end at once', () => {
    const refusals = new Refusals();
    refusals.refused(LIKE, TOLD, 0);
    expect(refusals.of(LIKE, 21, 10)).toBe('7');
    expect(refusals.of(LIKE, 20, 10)).toBeUndefined();
    expect(refusals.of(LIKE, 3, 10)).toBeUndefined();
    expect(refusals.of(LIKE, 22, 11)).toBe('7');
  });

  it('say nothing of anything else, and are asked for anew when they are a quarter of a second old', () => {
    const refusals = new Refusals();
    refusals.refused(LIKE, TOLD, 0);
    expect(refusals.of('GET /v1/orders', 30, 3)).toBeUndefined();
    expect(refusals.of(undefined, 30, 3)).toBeUndefined();
    expect(refusals.of(LIKE, 30, 249)).toBe('7');
    expect(refusals.of(LIKE, 30, 250)).toBeUndefined();
  });

  it('are kept of so many paths, and of others when those are old', () => {
    const refusals = new Refusals();
    for (let n = 0; n < 64; n++) refusals.refused(`GET /${n}`, TOLD, n);
    refusals.refused(LIKE, TOLD, 64);
    expect(refusals.of(LIKE, 21, 65)).toBeUndefined();
    refusals.refused(LIKE, TOLD, 250);
    expect(refusals.of(LIKE, 21, 251)).toBe('7');
  });
});

describe('a refusal', () => {
  it.each([
    [503, 'order;below=21', { retryAfter: '7', below: 21 }],
    [503, 'order', undefined], // a gateway from before the limit was told
    [503, 'read;below=0', { retryAfter: '7', below: 0 }],
    [503, 'order;below=x', undefined],
    [503, undefined, undefined],
    [200, 'order;below=21', undefined],
  ])('%d with %s is %j', (statusCode, told, refusal) => {
    const headers = { 'retry-after': '7', 'seams-refused-class': told };
    expect(refusalIn({ statusCode, headers } as unknown as IncomingMessage)).toEqual(refusal);
  });
});
