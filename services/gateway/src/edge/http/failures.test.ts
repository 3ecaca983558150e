import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, describe, expect, it } from '@jest/globals';
import { FAILURES, Failure, type FailureKind } from '@seams/call';
import { ORDER, TOKEN } from '../../../test/answers.ts';
import { eventually, HOST, raw, startWorld, type World } from '../../../test/stand-ins.ts';

const worlds: World[] = [];
// All at once at the end: each waits a second for its client to see that it drains.
afterAll(() => Promise.all(worlds.map((world) => world.stop())));

async function worldWith(changes: Parameters<typeof startWorld>[0] = {}): Promise<World> {
  const world = await startWorld(changes);
  worlds.push(world);
  return world;
}

const headers = { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/json', 'Idempotency-Key': 'key-1' };
const body = JSON.stringify({ cafeId: 'harbour', items: [{ itemId: 'harbour-espresso', quantity: 1 }] });
const placing = (world: World, more: Record<string, string> = {}): Promise<Response> =>
  fetch(`${world.url}/v1/orders`, { method: 'POST', headers: { ...headers, ...more }, body });
const never = (): Promise<never> => new Promise(() => {});

describe('a failure behind the gateway', () => {
  const kinds = (Object.keys(FAILURES) as FailureKind[]).filter((kind) => kind !== 'cancelled');

  it.each(kinds)('of kind %s arrives as itself', async (kind) => {
    const world = await worldWith();
    world.next('PlaceOrder', async () => {
      throw new Failure(kind, 'some_reason', 'A text for people.');
    });

    const response = await placing(world);

    const { http, outcome } = FAILURES[kind];
    expect(response.status).toBe(http);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(response.headers.get('retry-after')).toBe(outcome === 'not_done' ? '1' : null);
    expect(await response.json()).toMatchObject({
      type: 'about:blank',
      status: http,
      reason: 'some_reason',
      detail: kind === 'bug' ? 'Something went wrong on our side.' : 'A text for people.',
    });
  });

  it('that says cancelled is unknown, for the client is still there', async () => {
    const world = await worldWith();
    world.next('PlaceOrder', async () => {
      throw new Failure('cancelled', 'caller_gone');
    });
    const response = await placing(world);
    expect(response.status).toBe(504);
    expect(await response.json()).toMatchObject({ reason: 'reply_lost' });
  });

  it('that nobody foresaw is a 500 that keeps its text to itself', async () => {
    const world = await worldWith();
    world.next('PlaceOrder', async () => ({ order: null, replayed: false }));
    const response = await placing(world);
    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({ reason: 'empty_reply', detail: 'Something went wrong on our side.' });
  });

  it('of auth says that the token is refused', async () => {
    const world = await worldWith();
    world.next('Authenticate', async () => {
      throw new Failure('anonymous', 'token_expired');
    });
    const response = await placing(world);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    expect(world.calls).toEqual(['Authenticate']);
  });
});

describe('an answer that does not come', () => {
  it('is a 504 within the time that the client gave', async () => {
    const world = await worldWith();
    await placing(world); // connected, so that the time is spent waiting and not connecting
    world.next('PlaceOrder', never);

    const startedAt = performance.now();
    const response = await placing(world, { 'Request-Timeout-Ms': '300' });

    // Not after the 2 s that a request has without a limit of its own.
    expect(performance.now() - startedAt).toBeLessThan(1_500);
    expect(response.status).toBe(504);
    expect(await response.json()).toMatchObject({ reason: 'deadline_passed' });
  });

  it('ends the work behind the gateway at the deadline', async () => {
    const world = await worldWith();
    let signal: AbortSignal | undefined;
    world.next('PlaceOrder', (ctx) => {
      signal = ctx.signal;
      return never();
    });
    await placing(world, { 'Request-Timeout-Ms': '1500' }); // time enough to get there
    await eventually(() => signal?.aborted === true);
  });

  it('from auth leaves less time for business-logic, and never more than the client gave', async () => {
    const world = await worldWith();
    const sentAt = Date.now();
    let [leftMs, givenMs] = [0, 0];
    world.next('PlaceOrder', async (ctx) => {
      leftMs = ctx.deadlineAt - Date.now();
      givenMs = ctx.deadlineAt - sentAt; // whatever the way there took
      throw new Failure('rejected', 'enough_seen');
    });
    await placing(world, { 'Request-Timeout-Ms': '1800' });
    expect(leftMs).toBeLessThanOrEqual(1_750);
    expect(givenMs).toBeGreaterThan(1_300);
  });

  it('because its connection broke is unknown: 504, not 503', async () => {
    const world = await worldWith();
    let arrived = false;
    world.next('PlaceOrder', () => {
      arrived = true;
      return never();
    });
    const pending = placing(world);
    await eventually(() => arrived);
    await world.cutBusinessLogic();

    const response = await pending;
    expect(response.status).toBe(504);
    expect(response.headers.get('retry-after')).toBeNull();
    expect(await response.json()).toMatchObject({ reason: 'reply_lost' });
  });

  it('because nobody listens is not done: 503 with Retry-After', async () => {
    const world = await worldWith({ BUSINESS_LOGIC_TARGET: `ipv4:${HOST}:1` });
    const response = await placing(world);
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('1');
    expect(await response.json()).toMatchObject({ reason: 'callee_unreachable' });
  });

  it('because the body does not arrive is a 408, and nothing was asked', async () => {
    const world = await worldWith();
    const text = await raw(
      world.gateway.port,
      `POST /v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nRequest-Timeout-Ms: 100\r\nContent-Length: 20\r\n\r\n{`,
    );
    expect(text).toMatch(/^HTTP\/1.1 408 [\s\S]*"request_too_slow"/);
    expect(text.match(/HTTP\/1.1/g)).toHaveLength(1); // and the connection is closed: raw() waits for that
    expect(world.calls).toEqual([]);
  });
});

describe('a client that goes away', () => {
  it('ends the work behind the gateway', async () => {
    const world = await worldWith();
    let signal: AbortSignal | undefined;
    world.next('PlaceOrder', (ctx) => {
      signal = ctx.signal;
      return never();
    });
    const outgoing = request(`${world.url}/v1/orders`, { method: 'POST', headers });
    outgoing.on('error', () => {}); // it is we who cut it
    outgoing.end(body);
    await eventually(() => signal !== undefined);
    outgoing.destroy();

    await eventually(() => signal?.aborted === true);
    await eventually(() => world.logged().includes('caller_gone'));
  });
});

describe('a gateway that stops', () => {
  it('finishes what is in flight, closes its connections and takes no new ones', async () => {
    const world = await startWorld();
    let goOn = (): void => {};
    world.next('GetOrder', async () => {
      await new Promise<void>((resolve) => {
        goOn = resolve;
      });
      throw new Failure('not_found', 'order_unknown');
    });
    const idle = connect({ host: HOST, port: world.gateway.port });
    await once(idle, 'connect');
    const pending = fetch(`${world.url}/v1/orders/${ORDER}`, { headers });
    await eventually(() => world.calls.includes('GetOrder'));

    const stopped = world.stop();
    await expect(fetch(`${world.url}/v1/cafes`)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    goOn();

    const response = await pending;
    expect(response.status).toBe(404);
    expect(response.headers.get('connection')).toBe('close');
    await stopped;
    expect(idle.destroyed || idle.readableEnded || (await once(idle, 'close'))).toBeTruthy();
  });
});

describe('a request that carries a fault plan', () => {
  it('is refused where there are no labs, and reaches nobody', async () => {
    const world = await worldWith();
    const response = await placing(world, { 'Seams-Fault': 'business-logic.PlaceOrder=drop-reply' });
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ reason: 'labs_off' });
    expect(world.calls).toEqual([]);
  });

  it.each([
    ['cannot be read', 'business-logic.PlaceOrder=explode'],
    ['names an operation that nobody performs', 'business-logic.PlaceOder=drop-reply'],
  ])('that %s is refused in words', async (_, plan) => {
    const world = await worldWith({ SEAMS_LABS: 'on' });
    const response = await placing(world, { 'Seams-Fault': plan });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ reason: 'fault_plan_malformed' });
    expect(world.calls).toEqual([]);
  });

  it.each([
    // plan                                     done below?
    ['business-logic.PlaceOrder=drop-request', false],
    ['business-logic.PlaceOrder=drop-reply', true],
  ])('%s is unknown to the client, done below: %s', async (plan, done) => {
    const world = await worldWith({ SEAMS_LABS: 'on' });
    const response = await placing(world, { 'Seams-Fault': plan });
    expect(response.status).toBe(504);
    expect(await response.json()).toMatchObject({ reason: 'reply_lost' });
    expect(world.calls.includes('PlaceOrder')).toBe(done);
  });

  it('hands it on to the next hop', async () => {
    const world = await worldWith({ SEAMS_LABS: 'on' });
    const plan = 'storage.CommitOrder=drop-reply*1;auth.Authenticate=delay:5';
    world.next('PlaceOrder', async (ctx) => {
      throw new Failure('rejected', 'seen', ctx.faults?.text);
    });
    const response = await placing(world, { 'Seams-Fault': plan });
    expect(await response.json()).toMatchObject({ reason: 'seen', detail: plan });
  });
});
