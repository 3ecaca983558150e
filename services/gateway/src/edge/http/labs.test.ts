import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CUSTOMER, ORDER, TOKEN } from '../../../test/answers.ts';
import { HOST, startWorld, type World } from '../../../test/stand-ins.ts';

const ID = '7ee43b1c-6ad1-4b75-9f0e-4d1b5a54c0fb';
const RUN = {
  id: ID,
  lab: 'messages',
  short: true,
  state: 'running',
  startedAt: '2026-11-21T09:30:15.250Z',
  endedAt: null,
};
const ACTION = { id: 1, at: RUN.startedAt, what: 'kill storage-1', state: 'done', said: 'after 0.1 s' };
const PLAN = { seed: 7, seconds: 60, siblings: false, startedAt: RUN.startedAt, done: 0, planned: 9, next: null };
const LABS = { labs: [], coming: [{ idea: 10, title: 'A task queue' }], runs: [RUN] };
const HEARD = { run: RUN, heard: [{ sequence: 3, event: { kind: 'said', text: 'a line' } }] };
const STORES = {
  orderId: ORDER,
  postgres: { order: 'status placed, version 1', stock: 'espresso -1', ledger: 'sum 0', event: 'published' },
  kafka: { topic: 'orders', partition: 2, offset: '30', key: ORDER, bytes: 165 },
  kafkaSays: 'It is there.',
  analytics: null,
};
const BREAKAGE = {
  targets: [
    {
      process: 'storage-1',
      part: 'storage',
      state: 'ready',
      faults: [{ fault: 'kill', sentence: 'storage-1 ends at once.' }],
    },
  ],
  services: [],
  broken: [],
  healing: false,
  random: null,
  log: [ACTION],
  lab: null,
};

let asked: string[] = [];
let answer: (response: ServerResponse) => void;
const labRunner = createServer(async (incoming, response) => {
  const body = Buffer.concat(await incoming.toArray()).toString('utf8');
  asked.push([incoming.method, incoming.url, body].join(' ').trim());
  answer(response);
});
let world: World;
let url: string;
beforeAll(async () => {
  labRunner.listen(0, HOST);
  await once(labRunner, 'listening');
  url = `http://${HOST}:${(labRunner.address() as AddressInfo).port}`;
  world = await startWorld({ LAB_RUNNER_URL: url, SEAMS_LABS: 'on' });
});
afterAll(async () => {
  labRunner.close();
  labRunner.closeAllConnections();
  await world.stop();
});

interface Asking {
  readonly method?: string;
  readonly body?: object;
  readonly at?: World;
  readonly role?: string;
}

function asking(path: string, { method = 'GET', body, at = world, role = 'operator' }: Asking = {}): Promise<Response> {
  asked = [];
  at.next('Authenticate', async () => ({
    principal: { subject: CUSTOMER, roles: [role], cafeIds: [] },
    expiresAtMs: Date.now() + 60_000,
  }));
  const headers = { Authorization: `Bearer ${TOKEN}`, ...(body ? { 'Content-Type': 'application/json' } : {}) };
  return fetch(`${at.url}${path}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
}

type Relayed = readonly [
  method: string,
  path: string,
  body: object | undefined,
  status: number,
  reply: object,
  question: string,
];
const ROUTES: readonly Relayed[] = [
  ['GET', '/v1/labs', undefined, 200, LABS, 'GET /labs'],
  ['POST', '/v1/labs/messages/runs', { short: true }, 201, RUN, 'POST /labs/messages/runs {"short":true}'],
  ['GET', `/v1/labs/runs/${ID}?after=2`, undefined, 200, HEARD, `GET /labs/runs/${ID}?after=2`],
  ['DELETE', `/v1/labs/runs/${ID}`, undefined, 200, RUN, `DELETE /labs/runs/${ID}`],
  ['GET', '/v1/breakage', undefined, 200, BREAKAGE, 'GET /breakage'],
  [
    'POST',
    '/v1/breakage',
    { fault: 'kill', name: 'storage-1' },
    202,
    ACTION,
    'POST /breakage {"fault":"kill","name":"storage-1"}',
  ],
  ['DELETE', '/v1/breakage', undefined, 202, ACTION, 'DELETE /breakage'],
  ['POST', '/v1/breakage/random', { seed: 7, seconds: 60 }, 201, PLAN, 'POST /breakage/random {"seed":7,"seconds":60}'],
  ['GET', `/v1/orders/${ORDER}/stores`, undefined, 200, STORES, `GET /orders/${ORDER}/stores`],
];

describe('an operator who breaks things and runs labs', () => {
  it.each(ROUTES)(
    '%s %s is handed on, and the answer as it is',
    async (method, path, body, status, reply, question) => {
      answer = (response) => response.writeHead(status).end(JSON.stringify(reply));
      const response = await asking(path, { method, ...(body ? { body } : {}) });
      expect([response.status, await response.json()]).toEqual([status, reply]);
      expect(asked).toEqual([question]);
    },
  );

  it.each(ROUTES)('is an operator, where there is lab mode: %s %s', async (method, path, body) => {
    const more = { method, ...(body ? { body } : {}) };
    const customer = await asking(path, { ...more, role: 'customer' });
    expect([customer.status, await customer.json()]).toMatchObject([403, { reason: 'operators_only' }]);
    const off = await startWorld({ LAB_RUNNER_URL: url });
    const response = await asking(path, { ...more, at: off });
    expect([response.status, await response.json()]).toMatchObject([404, { reason: 'no_labs_here' }]);
    expect(asked).toEqual([]);
    await off.stop();
  });

  it.each([
    ['/v1/labs/messages/runs', { short: 'yes' }],
    ['/v1/breakage', { fault: 'burn', name: 'storage-1' }],
    ['/v1/breakage', { fault: 'freeze', name: '../runner' }],
    ['/v1/breakage/random', { seed: 7 }],
  ])('is refused what makes no sense: %s %p', async (path, body) => {
    const response = await asking(path, { method: 'POST', body });
    expect([response.status, await response.json()]).toMatchObject([400, { reason: 'invalid_body' }]);
    expect(asked).toEqual([]);
  });

  it.each([
    [404, 'lab_unknown', 404],
    [409, 'lab_running', 409],
    [409, 'not_possible', 409],
    [503, 'lab_runner_unavailable', 503],
  ])('is told why not: %d %s', async (status, reason, expected) => {
    answer = (response) => response.writeHead(status).end(JSON.stringify({ reason, detail: 'Why.' }));
    const response = await asking('/v1/labs/messages/runs', { method: 'POST', body: {} });
    expect([response.status, await response.json()]).toMatchObject([expected, { reason, detail: 'Why.' }]);
    expect(response.headers.has('retry-after')).toBe(['lab_running', 'lab_runner_unavailable'].includes(reason));
  });

  it('is told that nobody knows an order, without a question where it can be none', async () => {
    answer = (response) => response.writeHead(404).end('{"reason":"order_unknown","detail":"Why."}');
    const unknown = await asking(`/v1/orders/${ORDER}/stores`);
    expect([unknown.status, await unknown.json()]).toMatchObject([404, { reason: 'order_unknown' }]);
    const none = await asking('/v1/orders/none/stores');
    expect([none.status, await none.json(), asked]).toMatchObject([404, { reason: 'order_unknown' }, []]);
  });

  it('hears that nobody knows, when the answer to a change is lost; and that it was not asked, when it reads', async () => {
    answer = (response) => response.destroy();
    const change = await asking('/v1/breakage', { method: 'POST', body: { fault: 'kill', name: 'storage-1' } });
    expect([change.status, await change.json()]).toMatchObject([504, { reason: 'reply_lost' }]);
    expect((await asking('/v1/breakage')).status).toBe(503);
    const nobody = await startWorld({ LAB_RUNNER_URL: `http://${HOST}:9`, SEAMS_LABS: 'on' });
    const alone = await asking('/v1/breakage', { method: 'DELETE', at: nobody });
    expect([alone.status, await alone.json()]).toMatchObject([503, { reason: 'lab_runner_unavailable' }]);
    await nobody.stop();
  });
});
