import { Agent, type IncomingMessage, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from '@jest/globals';
import { Failure } from '@seams/call';
import { metricsText } from '@seams/telemetry';
import { TOKEN } from '../../../test/answers.ts';
import { eventually, HOST, startWorld, type World } from '../../../test/stand-ins.ts';

const worlds: World[] = [];
// All at once at the end: each waits a second for its client to see that it drains.
afterAll(() => Promise.all(worlds.map((world) => world.stop())));

async function worldWith(changes: Parameters<typeof startWorld>[0]): Promise<World> {
  const world = await startWorld(changes);
  worlds.push(world);
  return world;
}

const headers = { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/json', 'Idempotency-Key': 'key-1' };
const post = (path: string, body: unknown, more: Record<string, string> = {}) => ({
  path,
  init: { method: 'POST', headers: { ...headers, ...more }, body: JSON.stringify(body) },
});
const get = (path: string) => ({ path, init: { headers } });
const ask = (world: World, { path, init }: { path: string; init: RequestInit }): Promise<Response> =>
  fetch(world.url + path, init);

const anOrder = post('/v1/orders', { cafeId: 'harbour', items: [{ itemId: 'harbour-espresso', quantity: 1 }] });
const aTopUp = post('/v1/wallet/top-ups', { amountCents: 100 });
const aLogin = post('/v1/auth/login', { email: 'ada@example.com', password: 'correct horse' });
const aReport = get('/v1/analytics/cafes/harbour');

/** Few places, and time enough for what holds them: on a busy machine no deadline is to let it go before the test does. */
const FEW_PLACES = { IN_FLIGHT_MAX: 10, REQUEST_MS_MAX: 4_950, BUSINESS_LOGIC_BUDGET_MS: 4_900 };
/** Between two questions whether all are let in again. */
const A_MOMENT_MS = 100;
/** Tokens of a bucket that gets no new one while a test runs. */
const ONE_AN_HOUR = 1 / 3_600;

/** Holds that many orders in flight until they are let go, with an answer that no breaker minds. */
async function holdOrders(world: World, orders: number): Promise<() => Promise<void>> {
  const gone: (() => void)[] = [];
  const held: Promise<Response>[] = [];
  for (let count = 1; count <= orders; count++) {
    world.next(
      'PlaceOrder',
      () => new Promise((_, reject) => gone.push(() => reject(new Failure('rejected', 'let_go')))),
    );
    held.push(ask(world, anOrder));
    await eventually(() => gone.length === count, `${count} orders in flight`);
  }
  return async () => {
    for (const letGo of gone) letGo();
    await Promise.all(held);
  };
}

const logged = (world: World): Record<string, unknown>[] =>
  world
    .logged()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
    .filter(({ msg }) => msg === 'requests refused');

// First: the spans and metrics of a process go to the first world that is started in it.
describe('what is refused', () => {
  it('is told by one log line and one span a second, and counted by class', async () => {
    const world = await worldWith(FEW_PLACES);
    const letGo = await holdOrders(world, 9);
    const answers = await Promise.all(Array.from({ length: 40 }, () => ask(world, anOrder)));
    await eventually(() => logged(world).length > 0);
    expect(logged(world).length).toBeLessThan(5);
    expect(logged(world)[0]).toMatchObject({ reason: 'overloaded', criticality: 'order', count: 1, level: 'warn' });

    const traced = answers.map((answer) => answer.headers.get('trace-id')).filter(Boolean);
    expect(traced.length).toBe(logged(world).length);
    await eventually(() => world.spans().some(({ traceId }) => traceId === traced[0]));
    const span = world.spans().find(({ traceId }) => traceId === traced[0]);
    expect(span?.attributes).toContainEqual({ key: 'failure.reason', value: { stringValue: 'overloaded' } });
    expect(span?.attributes).toContainEqual({ key: 'admission.criticality', value: { stringValue: 'order' } });

    const metrics = await metricsText();
    expect(metrics).toContain('seams_gateway_in_flight{criticality="order"} 9\n');
    expect(metrics).toContain('seams_gateway_shed_requests_total{criticality="order"} 40\n');
    expect(metrics).toContain('seams_gateway_shed_requests_total{criticality="pay"} 0\n');
    await letGo();
  });
});

describe('when too much is in flight', () => {
  it('each class is refused at its share of the limit, the least critical first', async () => {
    const world = await worldWith(FEW_PLACES);
    const letIn = async (): Promise<boolean[]> => {
      const all = [aReport, get('/v1/nothing'), get('/v1/wallet'), aLogin, anOrder, aTopUp];
      const statuses = [];
      for (const each of all) statuses.push((await ask(world, each)).status);
      return statuses.map((status) => status !== 503);
    };
    const seen: boolean[][] = [];
    const letGo: (() => Promise<void>)[] = [];
    for (const [held, more] of [
      [0, 0],
      [4, 4],
      [6, 2],
      [7, 1],
      [9, 2],
    ]) {
      letGo.push(await holdOrders(world, more as number));
      seen[held as number] = await letIn();
    }
    //          report, no route, read, login, order, top-up
    expect(seen[0]).toEqual([true, true, true, true, true, true]);
    expect(seen[4]).toEqual([false, false, true, true, true, true]);
    expect(seen[6]).toEqual([false, false, false, true, true, true]);
    expect(seen[7]).toEqual([false, false, false, false, true, true]);
    expect(seen[9]).toEqual([false, false, false, false, false, true]);
    for (const go of letGo) await go();
    // An order was refused: for half a second all places are for orders and payments, then they are as before.
    let again = await letIn();
    while (!again.every(Boolean)) {
      expect(again.slice(-2)).toEqual([true, true]);
      await sleep(A_MOMENT_MS);
      again = await letIn();
    }
  });

  it('a lab can do without the shares, where labs are on', async () => {
    const anotherReport = { ...aReport, init: { headers: { ...headers, 'Seams-Without': 'outbox, bulkhead' } } };
    const statuses = [];
    for (const labs of ['on', 'off'] as const) {
      const world = await worldWith({ ...FEW_PLACES, SEAMS_LABS: labs });
      const letGo = await holdOrders(world, 4);
      statuses.push((await ask(world, aReport)).status, (await ask(world, anotherReport)).status);
      await letGo();
    }
    expect(statuses).toEqual([503, 200, 503, 503]);
  });

  it('operators’ questions and the description of the API are never refused', async () => {
    const world = await worldWith(FEW_PLACES);
    const letGo = await holdOrders(world, 9);
    const asked = await Promise.all([get('/openapi.json'), get('/v1/audit')].map((each) => ask(world, each)));
    // Auth was asked who this is: no operator.
    expect(asked.map(({ status }) => status)).toEqual([200, 403]);
    expect(await asked[1]?.json()).toMatchObject({ reason: 'operators_only' });
    await letGo();
  });

  it('the answer says so with a reason and a time, before auth is asked or the body has come', async () => {
    const world = await worldWith(FEW_PLACES);
    const letGo = await holdOrders(world, 9);
    const callsBefore = world.calls.length;
    const outgoing = request({ host: HOST, port: world.gateway.port, path: '/v1/orders', method: 'POST', headers });
    outgoing.write('{"cafeId":'); // and no more: who waited for the rest would answer 408
    const answer = await new Promise<IncomingMessage>((resolve) => outgoing.once('response', resolve));
    expect(answer.statusCode).toBe(503);
    expect(answer.headers).toMatchObject({
      'retry-after': '1',
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
    });
    expect(JSON.parse(Buffer.concat(await answer.toArray()).toString())).toEqual({
      type: 'about:blank',
      title: 'Service Unavailable',
      status: 503,
      detail: 'More is under way than can be answered in time. Nothing was done; try again.',
      reason: 'overloaded',
    });
    expect(world.calls).toHaveLength(callsBefore);
    outgoing.destroy();
    await letGo();
  });

  it('a refused order with its body keeps its connection', async () => {
    const world = await worldWith(FEW_PLACES);
    const letGo = await holdOrders(world, 9);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const { port } = world.gateway;
    const sockets = new Set<unknown>();
    for (let count = 0; count < 3; count++) {
      const outgoing = request({ host: HOST, port, agent, path: '/v1/orders', method: 'POST', headers });
      outgoing.once('socket', (socket) => sockets.add(socket));
      outgoing.end(anOrder.init.body);
      const answer = await new Promise<IncomingMessage>((resolve) => outgoing.once('response', resolve));
      await answer.toArray();
      expect(answer.statusCode).toBe(503);
    }
    expect(sockets.size).toBe(1);
    agent.destroy();
    await letGo();
  });
});

describe('who asks too often', () => {
  it('is refused as a customer, whichever route it asks, and nobody else is', async () => {
    const world = await worldWith({ CUSTOMER_PER_S_MAX: 1, CUSTOMER_BURST_MAX: 2 });
    const beganAt = performance.now();
    expect((await ask(world, get('/v1/wallet'))).status).toBe(200);
    expect((await ask(world, anOrder)).status).toBe(201);
    let refused = await ask(world, anOrder);
    let placed = 1;
    for (; refused.status === 201; placed++) refused = await ask(world, anOrder);
    // One more for each second that this took.
    expect(placed).toBeLessThanOrEqual(1 + (performance.now() - beganAt) / 1_000);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
    expect(await refused.json()).toMatchObject({ status: 429, reason: 'too_many_requests' });
    expect(world.calls.filter((call) => call === 'PlaceOrder')).toHaveLength(placed);
    await eventually(() => logged(world).length === 1);
    expect(logged(world)[0]).toMatchObject({ reason: 'too_many_requests', count: 1 });

    world.next('Authenticate', async () => ({ principal: { subject: 'another', roles: ['customer'], cafeIds: [] } }));
    expect((await ask(world, get('/v1/wallet'))).status).toBe(200);
    expect((await ask(world, get('/v1/cafes'))).status).toBe(200);
  });

  it('is refused by address where there is no token yet, and auth hashes nothing for it', async () => {
    const world = await worldWith({ ADDRESS_PER_S_MAX: ONE_AN_HOUR, ADDRESS_BURST_MAX: 2 });
    const statuses = [];
    for (let count = 0; count < 4; count++) statuses.push((await ask(world, aLogin)).status);
    expect(statuses).toEqual([200, 200, 429, 429]);
    expect(world.calls).toEqual(['Login', 'Login']);
    expect((await ask(world, anOrder)).status).toBe(201);
  });

  it.each<['on' | 'off', number[]]>([
    ['on', [200, 200, 429]],
    ['off', [200, 429, 429]],
  ])('is known by the address that the load balancer saw, if that is trusted: %s', async (trust, expected) => {
    const world = await worldWith({
      ADDRESS_PER_S_MAX: ONE_AN_HOUR,
      ADDRESS_BURST_MAX: 1,
      TRUST_FORWARDED_FOR: trust,
    });
    const from = (address: string) => ({
      ...aLogin,
      init: { ...aLogin.init, headers: { ...headers, 'X-Forwarded-For': address } },
    });
    const statuses = [];
    for (const address of ['10.0.0.1', '10.0.0.2', '6.6.6.6, 10.0.0.2']) {
      statuses.push((await ask(world, from(address))).status);
    }
    expect(statuses).toEqual(expected);
  });
});
