import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CUSTOMER, ORDER, TOKEN } from '../../../test/answers.ts';
import { eventually, HOST, type Span, startWorld, type World } from '../../../test/stand-ins.ts';

const TRACE = 'a'.repeat(32);
const tag = (key: string, value: unknown) => ({ key, type: 'string', value });
const JAEGER = {
  data: [
    {
      traceID: TRACE,
      spans: [
        {
          traceID: TRACE,
          spanID: 'b1',
          operationName: 'PlaceOrder',
          references: [{ refType: 'CHILD_OF', traceID: TRACE, spanID: 'a1' }],
          startTime: 1_700_000_000_000_250,
          duration: 40,
          tags: [tag('error', true)],
          logs: [{ timestamp: 1_700_000_000_000_260, fields: [tag('event', 'policy.retry')] }],
          processID: 'p2',
        },
        {
          traceID: TRACE,
          spanID: 'a1',
          operationName: 'POST /v1/orders',
          references: [],
          startTime: 1_700_000_000_000_000,
          duration: 900,
          tags: [],
          logs: [],
          processID: 'p1',
        },
      ],
      processes: {
        p1: { serviceName: 'gateway', tags: [tag('service.instance.id', 'gateway-2')] },
        p2: { serviceName: 'auth' },
      },
    },
  ],
};
const READ = {
  traceId: TRACE,
  startedAt: '2023-11-14T22:13:20.000Z',
  spans: [
    {
      spanId: 'a1',
      parentId: null,
      operation: 'POST /v1/orders',
      service: 'gateway',
      process: 'gateway-2',
      startUs: 0,
      durationUs: 900,
      tags: {},
      events: [],
    },
    {
      spanId: 'b1',
      parentId: 'a1',
      operation: 'PlaceOrder',
      service: 'auth',
      process: 'auth',
      startUs: 250,
      durationUs: 40,
      tags: { error: true },
      events: [{ atUs: 260, name: 'policy.retry' }],
    },
  ],
};

let asked: string[] = [];
let answer: (response: ServerResponse) => void;
const store = createServer((incoming, response) => {
  asked.push(decodeURIComponent(incoming.url ?? ''));
  answer(response);
});
let world: World;
beforeAll(async () => {
  store.listen(0, HOST);
  await once(store, 'listening');
  world = await startWorld({ TRACES_URL: `http://${HOST}:${(store.address() as AddressInfo).port}` });
});
afterAll(async () => {
  store.close();
  store.closeAllConnections();
  await world.stop();
});

const signedIn = async (role: string): Promise<void> =>
  world.next('Authenticate', async () => ({
    principal: { subject: CUSTOMER, roles: [role], cafeIds: [] },
    expiresAtMs: Date.now() + 60_000,
  }));
async function asking(target: string, role = 'operator'): Promise<[status: number, body: unknown]> {
  asked = [];
  await signedIn(role);
  const response = await fetch(world.url + target, { headers: { Authorization: `Bearer ${TOKEN}` } });
  return [response.status, await response.json()];
}

/** Which times are asked for: outbound/traces.test.ts. */
const withoutTimes = (target: string): string => target.replace(/&start=\d+&end=\d+/, '');

describe('an operator who looks for a trace', () => {
  it('gets it by its id, the first span first, whatever order the store has', async () => {
    answer = (response) => response.end(JSON.stringify(JAEGER));
    expect(await asking(`/v1/traces/${TRACE}`)).toEqual([200, READ]);
    expect(asked).toEqual([`/api/traces/${TRACE}`]);
  });

  it('gets those that placed an order', async () => {
    answer = (response) => response.end(JSON.stringify(JAEGER));
    expect(await asking(`/v1/traces?orderId=${ORDER}`)).toEqual([200, { traces: [READ] }]);
    expect(asked.map(withoutTimes)).toEqual([`/api/traces?service=gateway&limit=10&tags={"order.id":"${ORDER}"}`]);
    answer = (response) => response.end('{"data":[]}');
    expect(await asking(`/v1/traces?orderId=${ORDER}`)).toEqual([200, { traces: [] }]);
  });

  it('gets the last ones of a customer', async () => {
    answer = (response) => response.end(JSON.stringify(JAEGER));
    expect(await asking(`/v1/traces?customerId=${CUSTOMER}`)).toEqual([200, { traces: [READ] }]);
    expect(asked.map(withoutTimes)).toEqual([
      `/api/traces?service=gateway&limit=20&tags={"customer.id":"${CUSTOMER}"}`,
    ]);
  });

  it.each(['', `?orderId=${ORDER}&customerId=${CUSTOMER}`, '?customerId=ada', `?customerID=${CUSTOMER}`])(
    'says whose: /v1/traces%s is a 400',
    async (query) => {
      expect(await asking(`/v1/traces${query}`)).toMatchObject([400, { reason: 'invalid_query' }]);
      expect(asked).toEqual([]);
    },
  );

  it('finds the order that the gateway placed, and the customer who did: its span says which', async () => {
    const headers = { Authorization: `Bearer ${TOKEN}`, 'Idempotency-Key': 'k', 'Content-Type': 'application/json' };
    const body = JSON.stringify({ cafeId: 'harbour', items: [{ itemId: 'harbour-espresso', quantity: 2 }] });
    expect((await fetch(`${world.url}/v1/orders`, { method: 'POST', headers, body })).status).toBe(201);
    const placed = (): Span | undefined => world.spans().find(({ name }) => name === 'POST /v1/orders');
    await eventually(() => placed() !== undefined);
    const tagged = (name: string) => placed()?.attributes.find(({ key }) => key === name)?.value;
    expect(tagged('order.id')).toEqual({ stringValue: ORDER });
    expect(tagged('customer.id')).toEqual({ stringValue: CUSTOMER });
  });

  it.each(['/v1/traces/none', `/v1/traces/${'A'.repeat(32)}`, `/v1/traces/${TRACE}/x`])(
    '%s is a 404',
    async (target) => {
      expect((await asking(target))[0]).toBe(404);
      expect(asked).toEqual([]);
    },
  );

  it('is told when the store has none, is away, or speaks otherwise', async () => {
    answer = (response) => response.writeHead(404).end('{"data":null,"errors":[]}');
    expect(await asking(`/v1/traces/${TRACE}`)).toMatchObject([404, { reason: 'trace_unknown' }]);
    answer = (response) => response.destroy();
    expect(await asking(`/v1/traces/${TRACE}`)).toMatchObject([503, { reason: 'traces_unavailable' }]);
    answer = (response) => response.writeHead(500).end('{}');
    expect(await asking(`/v1/traces?orderId=${ORDER}`)).toMatchObject([503, { reason: 'traces_unavailable' }]);
  });

  it.each([`/v1/traces/${TRACE}`, `/v1/traces?orderId=${ORDER}`, `/v1/traces?customerId=${CUSTOMER}`])(
    'is an operator: %s',
    async (target) => {
      expect(await asking(target, 'customer')).toMatchObject([403, { reason: 'operators_only' }]);
      expect(asked).toEqual([]);
    },
  );
});

describe('what the processes wrote about a trace', () => {
  const LINE = {
    at: '2026-11-21T10:00:00.010Z',
    service: 'storage',
    process: 'storage-1',
    level: 'warn',
    message: 'failed',
    spanId: 'b1',
    fields: { route: 'CommitOrder', ms: 3.5 },
  };
  let asked: (string | undefined)[] = [];
  let own: World;
  const watcher = createServer((incoming, response) => {
    asked.push(incoming.url);
    response.end(JSON.stringify({ lines: [LINE], whole: true }));
  });
  beforeAll(async () => {
    watcher.listen(0, HOST);
    await once(watcher, 'listening');
    own = await startWorld({ WATCHER_URL: `http://${HOST}:${(watcher.address() as AddressInfo).port}` });
  });
  afterAll(async () => {
    watcher.close();
    watcher.closeAllConnections();
    await own.stop();
  });
  const askingFor = async (target: string, at: World, role: string): Promise<[status: number, body: unknown]> => {
    asked = [];
    at.next('Authenticate', async () => ({
      principal: { subject: CUSTOMER, roles: [role], cafeIds: [] },
      expiresAtMs: Date.now() + 60_000,
    }));
    const response = await fetch(at.url + target, { headers: { Authorization: `Bearer ${TOKEN}` } });
    return [response.status, await response.json()];
  };

  it('are given to an operator, from when the trace began', async () => {
    const from = '2026-11-21T10:00:00Z';
    const found = await askingFor(`/v1/traces/${TRACE}/logs?from=${from}`, own, 'operator');
    expect(found).toEqual([200, { traceId: TRACE, lines: [LINE], whole: true }]);
    expect(asked).toEqual([`/logs?trace=${TRACE}&from=${Date.parse(from)}`]);
    expect((await askingFor(`/v1/traces/${TRACE}/logs`, own, 'operator'))[0]).toBe(200);
    expect(asked).toEqual([`/logs?trace=${TRACE}&from=0`]);
  });

  it('are given to nobody else, and not for half an instant', async () => {
    expect(await askingFor(`/v1/traces/${TRACE}/logs`, own, 'customer')).toMatchObject([
      403,
      { reason: 'operators_only' },
    ]);
    expect((await askingFor(`/v1/traces/${TRACE}/logs?from=today`, own, 'operator'))[0]).toBe(400);
    expect(asked).toEqual([]);
  });

  it('are elsewhere where there is no watcher, and the answer says so', async () => {
    expect(await askingFor(`/v1/traces/${TRACE}/logs`, world, 'operator')).toMatchObject([
      503,
      { reason: 'logs_unavailable', detail: expect.stringContaining("the platform's log store") },
    ]);
  });
});
