import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { CUSTOMER, TOKEN } from '../../../test/answers.ts';
import { eventually, HOST, startWorld, type World } from '../../../test/stand-ins.ts';
import { routes } from './routes.ts';

const CHECK = { number: 1, name: 'no lost order', lookedAt: 3, breaches: 0, verdict: 'clean' };
const QUESTION = { looksAt: 'orders', lookedAt: 3, breachesTotal: 0, breaches: [] };
const REPORT = {
  verdict: 'audit: clean, 3 things looked at by 1 checks',
  clean: true,
  lookedAt: 3,
  breaches: 0,
  checks: [{ ...CHECK, questions: [QUESTION, { ...QUESTION, note: 'a note' }] }],
  corrections: [{ kind: 'doubled_order', lab: 'three-endings', count: 2, at: '2026-11-21T09:14:00.000Z' }],
  at: '2026-11-21T09:30:15.250Z',
  ms: 412,
};
const BREACHED = {
  ...REPORT,
  clean: false,
  breaches: 1,
  checks: [
    {
      ...CHECK,
      breaches: 1,
      verdict: 'breach',
      questions: [{ ...QUESTION, breachesTotal: 1, breaches: [{ id: 'x', what: 'gone' }] }],
    },
    {
      ...CHECK,
      verdict: 'could not look',
      questions: [{ ...QUESTION, unanswered: { things: 2, why: 'GET /v1/orders/x was not answered' } }],
    },
  ],
};

let asked: IncomingMessage[] = [];
let answer: (response: ServerResponse) => void;
const auditor = createServer((incoming, response) => {
  asked.push(incoming);
  answer(response);
});
const answering = (status: number, body: unknown) => {
  answer = (response) => response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
};

let world: World;
let auditorUrl: string;
beforeAll(async () => {
  auditor.listen(0, HOST);
  await once(auditor, 'listening');
  auditorUrl = `http://${HOST}:${(auditor.address() as AddressInfo).port}`;
  world = await startWorld({ AUDITOR_URL: auditorUrl, AUDIT_MS_MAX: 4_000 });
});
afterAll(async () => {
  auditor.close();
  auditor.closeAllConnections();
  await world.stop();
});
afterEach(() => {
  asked = [];
});

interface Asking {
  readonly at?: World;
  readonly role?: string;
  readonly headers?: Record<string, string>;
  readonly signal?: AbortSignal;
}
function asking(query = '', { at = world, role = 'operator', headers, ...more }: Asking = {}): Promise<Response> {
  at.next('Authenticate', async () => ({
    principal: { subject: CUSTOMER, roles: [role], cafeIds: [] },
    expiresAtMs: Date.now() + 60_000,
  }));
  return fetch(`${at.url}/v1/audit${query}`, { ...more, headers: { Authorization: `Bearer ${TOKEN}`, ...headers } });
}

describe('an operator who asks whether anything was lost', () => {
  it.each([REPORT, BREACHED])('gets the report, %j', async (report) => {
    answering(200, report);
    const response = await asking();
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual(report);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(routes.audit.reply.safeParse(report).success).toBe(true);
  });

  it.each([
    ['', '/audit?wait=10'],
    ['?wait=0', '/audit?wait=0'],
    ['?wait=30', '/audit?wait=30'],
  ])('with the query "%s" asks the auditor %s, in the same trace', async (query, path) => {
    answering(200, REPORT);
    const response = await asking(query);
    expect(asked.map(({ url }) => url)).toEqual([path]);
    expect(asked[0]?.headers.traceparent).toContain(response.headers.get('trace-id'));
  });

  it.each(['?wait=31', '?wait=-1', '?wait=1.5', '?wait=soon', '?wait=', '?wait=1&wait=2', '?weit=1'])(
    'with the query "%s" is refused',
    async (query) => {
      const response = await asking(query);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ reason: 'invalid_query' });
      expect(asked).toEqual([]);
    },
  );

  it('may wait longer than for any other request', async () => {
    let go = (): void => {};
    answer = (response) => {
      go = () => response.end(JSON.stringify(REPORT));
    };
    const pending = asking('', { headers: { 'Request-Timeout-Ms': '4000' } });
    await eventually(() => asked.length === 1);
    go();
    expect((await pending).status).toBe(200);
    expect((await asking('', { headers: { 'Request-Timeout-Ms': '4001' } })).status).toBe(400);
  });
});

describe('nobody else is answered:', () => {
  it.each(['customer', 'staff'])('a %s gets 403', async (role) => {
    const response = await asking('', { role });
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ reason: 'operators_only' });
    expect(asked).toEqual([]);
  });

  it('nobody gets 401', async () => {
    const response = await fetch(`${world.url}/v1/audit`);
    expect(response.status).toBe(401);
    expect(asked).toEqual([]);
  });
});

describe('an audit that could not be done', () => {
  it.each([
    [503, 'audit_not_done', '1'],
    [503, 'audit_unavailable', '1'],
    [504, 'audit_too_slow', null],
  ])('is a %i %s with the reason in words', async (status, reason, retryAfter) => {
    answering(status, { reason, detail: 'Postgres is away.' });
    const response = await asking();
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ reason, detail: 'Postgres is away.' });
    expect(response.headers.get('retry-after')).toBe(retryAfter);
  });

  it.each([
    [200, 'no JSON'],
    [200, { clean: 'yes' }],
    [400, { reason: 'odd', detail: 'odd' }],
  ])('because the auditor answers oddly (%i %j) is ours to mend', async (status, body) => {
    answering(status, body);
    const response = await asking();
    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({ reason: 'unexpected' });
  });

  it('because there is no auditor, or it cannot be reached, or it breaks off, is a 503', async () => {
    answer = (response) => response.socket?.destroy();
    const without = await startWorld();
    const unreachable = await startWorld({ AUDITOR_URL: `http://${HOST}:1` });
    for (const at of [without, unreachable, world]) {
      const response = await asking('', { at });
      expect(response.status).toBe(503);
      expect(response.headers.get('retry-after')).toBe('1');
      expect(await response.json()).toMatchObject({ reason: 'audit_unavailable' });
    }
    await Promise.all([without.stop(), unreachable.stop()]);
  });

  it('in time is a 504, and the auditor sees that nobody waits', async () => {
    let left = false;
    answer = (response) => response.once('close', () => (left = true));
    const response = await asking('', { headers: { 'Request-Timeout-Ms': '1500' } }); // time enough to get there
    expect(response.status).toBe(504);
    expect(await response.json()).toMatchObject({ reason: 'audit_too_slow' });
    await eventually(() => left);
  });

  it('before its client went away is ended', async () => {
    let left = false;
    answer = (response) => response.once('close', () => (left = true));
    const client = new AbortController();
    const pending = asking('', { signal: client.signal });
    await eventually(() => asked.length === 1);
    client.abort();
    await expect(pending).rejects.toThrow();
    await eventually(() => left);
  });
});
