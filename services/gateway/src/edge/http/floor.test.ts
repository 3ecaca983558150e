import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CUSTOMER, TOKEN } from '../../../test/answers.ts';
import { HOST, startWorld, type World } from '../../../test/stand-ins.ts';

const FLOOR = {
  sequence: 7,
  at: '2026-11-21T09:30:15.250Z',
  processes: [
    {
      name: 'storage-1',
      part: 'storage',
      kind: 'service',
      state: 'silent',
      why: 'no answer within 700 ms',
      forMs: 900,
    },
  ],
  arrows: [
    {
      from: 'gateway',
      to: 'auth',
      kind: 'request',
      perSecond: 2.5,
      meanMs: null,
      refusedPerSecond: 0,
      retriesPerSecond: 0,
      breakers: [{ of: 'gateway-1', state: 'open' }],
    },
  ],
  topics: [{ name: 'seams.orders.v1', partitions: 6 }],
  outbox: { leader: 'storage-2', term: 1, waiting: 0, oldestS: 0 },
};

let asked: (string | undefined)[] = [];
let answer: (response: ServerResponse) => void;
const watcher = createServer((incoming, response) => {
  asked.push(incoming.url);
  answer(response);
});
let world: World;
beforeAll(async () => {
  watcher.listen(0, HOST);
  await once(watcher, 'listening');
  world = await startWorld({ WATCHER_URL: `http://${HOST}:${(watcher.address() as AddressInfo).port}` });
});
afterAll(async () => {
  watcher.close();
  watcher.closeAllConnections();
  await world.stop();
});

function asking(query = '', { at = world, role = 'operator' } = {}): Promise<Response> {
  asked = [];
  at.next('Authenticate', async () => ({
    principal: { subject: CUSTOMER, roles: [role], cafeIds: [] },
    expiresAtMs: Date.now() + 60_000,
  }));
  return fetch(`${at.url}/v1/floor${query}`, { headers: { Authorization: `Bearer ${TOKEN}` } });
}

describe('an operator who looks at the floor', () => {
  it.each([
    ['', '/floor?after=0'],
    ['?after=6', '/floor?after=6'],
  ])('with the query "%s" gets the picture that the watcher has to %s', async (query, path) => {
    answer = (response) => response.end(JSON.stringify(FLOOR));
    const response = await asking(query);
    expect([response.status, await response.json()]).toEqual([200, FLOOR]);
    expect(asked).toEqual([path]);
  });

  it.each(['?after=-1', '?after=x', '?after=1.5', '?before=1'])('with the query "%s" is refused', async (query) => {
    const response = await asking(query);
    expect([response.status, await response.json()]).toMatchObject([400, { reason: 'invalid_query' }]);
    expect(asked).toEqual([]);
  });

  it('is an operator', async () => {
    const response = await asking('', { role: 'customer' });
    expect([response.status, await response.json()]).toMatchObject([403, { reason: 'operators_only' }]);
    expect(asked).toEqual([]);
  });

  it('is told when there is no picture', async () => {
    answer = (response) => response.writeHead(503).end('{"reason":"floor_unavailable","detail":"not yet"}');
    const late = await asking();
    expect([late.status, await late.json()]).toMatchObject([503, { reason: 'floor_unavailable' }]);
    answer = (response) => response.destroy();
    expect((await asking()).status).toBe(503);
    const alone = await startWorld();
    const none = await asking('', { at: alone });
    expect([none.status, await none.json()]).toMatchObject([503, { reason: 'floor_unavailable' }]);
    await alone.stop();
  });
});
