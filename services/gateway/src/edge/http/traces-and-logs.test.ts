import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Failure } from '@seams/call';
import { CUSTOMER, ORDER, TOKEN } from '../../../test/answers.ts';
import { eventually, raw, type Span, startWorld, type World } from '../../../test/stand-ins.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const SERVER = 2;
const CLIENT = 3;
const headers = { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/json', 'Idempotency-Key': 'key-1' };
const body = JSON.stringify({ cafeId: 'harbour', items: [{ itemId: 'harbour-espresso', quantity: 1 }] });

async function spansOf(response: Response, names: number): Promise<Span[]> {
  const traceId = response.headers.get('trace-id');
  const found = (): Span[] => world.spans().filter((span) => span.traceId === traceId);
  await eventually(() => found().length >= names, `${names} spans of ${traceId}`);
  return found();
}

const attributesOf = (span: Span | undefined): Record<string, unknown> =>
  Object.fromEntries((span?.attributes ?? []).map(({ key, value }) => [key, Object.values(value)[0]]));

const lines = (): Record<string, unknown>[] =>
  world
    .logged()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

describe('the trace of a request', () => {
  it('has one server span with the route, and the calls of guard and handler below it', async () => {
    const response = await fetch(`${world.url}/v1/orders`, { method: 'POST', headers, body });
    const spans = await spansOf(response, 5);

    const servers = spans.filter(({ kind, name }) => kind === SERVER && name.includes('/v1/'));
    expect(servers.map(({ name }) => name)).toEqual(['POST /v1/orders']);
    expect(attributesOf(servers[0])).toEqual({
      'http.request.method': 'POST',
      'url.path': '/v1/orders',
      'http.route': '/v1/orders',
      'customer.id': CUSTOMER,
      'order.id': ORDER,
      'http.response.status_code': expect.anything(),
      'deadline.unix_ms': expect.anything(),
    });
    const below = spans.filter(({ parentSpanId }) => parentSpanId === servers[0]?.spanId);
    expect(below.map(({ kind, name }) => [kind, name])).toEqual([
      [CLIENT, 'seams.auth.v1.AuthService/Authenticate'],
      [CLIENT, 'seams.orders.v1.OrderService/PlaceOrder'],
    ]);
    expect(response.headers.get('traceparent')).toBe(`00-${servers[0]?.traceId}-${servers[0]?.spanId}-01`);
  });

  it('names a pattern, not an id, and says how it failed', async () => {
    world.next('GetOrder', async () => {
      throw new Failure('not_found', 'order_unknown');
    });
    const response = await fetch(`${world.url}/v1/orders/${ORDER}`, { headers });
    const span = (await spansOf(response, 5)).find(({ name }) => name === 'GET /v1/orders/{orderId}');
    expect(attributesOf(span)).toMatchObject({ 'failure.kind': 'not_found', 'failure.reason': 'order_unknown' });
  });

  it("goes on with the caller's, and begins anew when that is no trace", async () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const traced = (traceparent: string): Promise<string | null> =>
      fetch(`${world.url}/v1/cafes`, { headers: { traceparent } }).then((response) => response.headers.get('trace-id'));

    expect(await traced(`00-${traceId}-b7ad6b7169203331-01`)).toBe(traceId);
    for (const odd of [
      `00-${'0'.repeat(32)}-b7ad6b7169203331-01`,
      `00-${traceId}-b7ad6b7169203331`,
      'ff-x',
      `ff-${traceId}-b7ad6b7169203331-01`,
    ]) {
      expect(await traced(odd)).toMatch(/^(?!0af765)[0-9a-f]{32}$/);
    }
  });

  it('is in the one log line of the request, with its route, status, kind, reason and time', async () => {
    const response = await fetch(`${world.url}/v1/orders/x?a=b`, { headers });
    const traceId = response.headers.get('trace-id');
    await eventually(() => lines().some((line) => line.traceId === traceId));

    expect(lines().filter((line) => line.traceId === traceId)).toEqual([
      expect.objectContaining({
        level: 'info',
        route: 'GET /v1/orders/{orderId}',
        status: 404,
        kind: 'not_found',
        reason: 'order_unknown',
        ms: expect.any(Number),
        msg: 'refused',
      }),
    ]);
  });
});

describe('a secret', () => {
  it('is in no log line, no span and no answer', async () => {
    const canary = 'canary-7f3a9c';
    const post = (path: string, content: string, more: Record<string, string> = {}): Promise<Response> =>
      fetch(world.url + path, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...more },
        body: content,
      });
    const answers = [
      await post('/v1/auth/login', JSON.stringify({ email: 'ada@example.com', password: canary })),
      await post('/v1/auth/login', JSON.stringify({ email: canary, password: canary })),
      await post('/v1/auth/login', JSON.stringify({ email: 'ada@example.com', [`${canary} `]: 1, password: canary })),
      await post('/v1/auth/login', `{"email":"ada@example.com","password":"${canary}"`),
      await post('/v1/auth/refresh', JSON.stringify({ refreshToken: canary })),
      await post('/v1/orders', body, { Authorization: `Bearer ${canary}`, 'Idempotency-Key': canary }),
      await post('/v1/orders', body, { Authorization: `Basic ${canary}`, 'Idempotency-Key': canary }),
      await fetch(`${world.url}/v1/orders?access_token=${canary}`),
      await fetch(`${world.url}/v1/cafes?${canary}%20=1`),
    ];
    world.next('Login', async () => {
      throw new Error(`a bug that quotes ${canary}`);
    });
    answers.push(await post('/v1/auth/login', JSON.stringify({ email: 'ada@example.com', password: 'p' })));
    await raw(world.gateway.port, `GET /v1/cafes HTTP/1.1\r\nHost: x\r\nAuthorization : ${canary}\r\n\r\n`);

    for (const answer of answers) expect(await answer.text()).not.toContain(canary);
    await eventually(() => lines().filter(({ route }) => route !== undefined).length >= answers.length);
    const last = answers.at(-1)?.headers.get('trace-id');
    await eventually(() => world.spans().some(({ traceId }) => traceId === last));
    expect(world.logged()).not.toContain(canary);
    const own = world
      .spans()
      .filter(({ name, kind }) => kind === CLIENT || name.startsWith('POST') || name.startsWith('GET'));
    expect(JSON.stringify(own)).not.toContain(canary);
  });
});
