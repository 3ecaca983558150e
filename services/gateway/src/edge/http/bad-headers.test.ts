import { METHODS } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { errorCodes } from 'fastify';
import { CUSTOMER, ORDER, TOKEN } from '../../../test/answers.ts';
import {
  type Answer,
  bearer,
  expectProblem,
  get,
  good,
  json,
  key,
  post,
  send,
  start,
  world,
} from '../../../test/bad-requests.ts';
import { failureOf } from './failure-filter.ts';
import { type HttpReason, HttpRefusal, statusOf } from './problem.ts';

describe('an access token', () => {
  it.each<[string, () => Promise<Answer>, HttpReason]>([
    ['that is missing', () => get('/v1/orders'), 'token_missing'],
    ['in the query', () => get(`/v1/orders?access_token=${TOKEN}`), 'token_missing'],
    ['that is empty', () => get('/v1/orders', 'Authorization: Bearer '), 'token_malformed'],
    ['of another scheme', () => get('/v1/orders', 'Authorization: Basic YTpi'), 'token_malformed'],
    ['with a blank inside', () => get('/v1/orders', 'Authorization: Bearer a b'), 'token_malformed'],
    ['in two headers', () => get('/v1/orders', bearer, bearer), 'token_malformed'],
    ['of 5,000 characters', () => get('/v1/orders', `Authorization: Bearer ${'a'.repeat(5_000)}`), 'token_malformed'],
    ['missing on a bad body', () => post('/v1/orders', [json, key], '{'), 'token_missing'],
  ])('%s is refused', async (_, request, reason) => {
    await expectProblem(await request(), reason);
    expect(world.calls).toEqual([]);
  });
});

describe('an idempotency key', () => {
  const under = (...keys: string[]) =>
    post('/v1/orders', [bearer, json, ...keys.map((each) => `Idempotency-Key: ${each}`)], good);
  it.each<[string, () => Promise<Answer>, HttpReason]>([
    ['that is missing', () => under(), 'idempotency_key_missing'],
    ['that is empty', () => under(''), 'idempotency_key_malformed'],
    ['of 256 characters', () => under('k'.repeat(256)), 'idempotency_key_malformed'],
    ['that is not ASCII', () => under('kö'), 'idempotency_key_malformed'],
    ['with a tab', () => under('a\tb'), 'idempotency_key_malformed'],
    ['in two headers', () => under('a', 'b'), 'idempotency_key_malformed'],
    [
      'missing on a top-up',
      () => post('/v1/wallet/top-ups', [bearer, json], '{"amountCents":100}'),
      'idempotency_key_missing',
    ],
  ])('%s is refused', async (_, request, reason) => {
    await expectProblem(await request(), reason);
  });

  it('of 255 characters is taken', async () => {
    expect((await under('k'.repeat(255))).status).toBe(201);
  });
});

const asStaff = (path: string): Promise<Answer> => {
  world.next('Authenticate', async () => ({
    principal: { subject: CUSTOMER, roles: ['staff'], cafeIds: ['harbour'] },
    expiresAtMs: Date.now() + 60_000,
  }));
  return get(path, bearer);
};
const CURSOR = Buffer.from(ORDER.replaceAll('-', ''), 'hex').toString('base64url');

describe('a request line or a header', () => {
  it.each<[string, () => Promise<Answer>, HttpReason]>([
    ['an unknown path', () => get('/v1/nothing'), 'route_unknown'],
    ['a trailing slash', () => get('/v1/cafes/'), 'route_unknown'],
    ['another case', () => get('/V1/cafes'), 'route_unknown'],
    ['a path that climbs', () => get('/v1/..;/cafes'), 'route_unknown'],
    ['a path doubly encoded', () => get('/v1/cafes/%252e%252e/menu'), 'cafe_unknown'],
    ['a café with a slash in it', () => get('/v1/cafes/a%2Fb/menu'), 'cafe_unknown'],
    ['an order that is no id', () => get('/v1/orders/1', bearer), 'order_unknown'],
    ['a post to nowhere', () => post('/v1/nothing', ['Content-Type: text/plain'], 'x'), 'route_unknown'],
    ['DELETE', () => send(start(`DELETE /v1/orders/${ORDER}`)), 'method_not_allowed'],
    ['PATCH', () => send(start('PATCH /v1/cafes')), 'method_not_allowed'],
    ['TRACE', () => send(start('TRACE /v1/cafes')), 'method_not_allowed'],
    ['OPTIONS', () => send([...start('OPTIONS /v1/cafes'), 'Origin: http://evil.example']), 'method_not_allowed'],
    ['a get of what is posted', () => get('/v1/auth/login'), 'method_not_allowed'],
    ['a broken percent', () => get('/v1/cafes/%zz/menu'), 'target_malformed'],
    ['another host as target', () => get('http://evil.example/v1/cafes'), 'target_malformed'],
    ['2,049 characters', () => get(`/v1/cafes?${'a'.repeat(2_039)}`), 'target_too_long'],
    ['an unknown parameter', () => get('/v1/cafes?debug=1'), 'invalid_query'],
    ['a parameter of the prototype', () => get('/v1/cafes?a[__proto__][x]=1'), 'invalid_query'],
    ['the prototype itself', () => get('/v1/cafes?__proto__=1'), 'invalid_query'],
    ['a parameter twice', () => get('/v1/orders?limit=1&limit=2', bearer), 'invalid_query'],
    ['limit 0', () => get('/v1/orders?limit=0', bearer), 'invalid_query'],
    ['limit 101', () => get('/v1/orders?limit=101', bearer), 'invalid_query'],
    ['limit -1', () => get('/v1/orders?limit=-1', bearer), 'invalid_query'],
    ['limit 10^9', () => get('/v1/orders?limit=1000000000', bearer), 'invalid_query'],
    ['limit 0x10', () => get('/v1/orders?limit=0x10', bearer), 'invalid_query'],
    ['an empty limit', () => get('/v1/orders?limit=', bearer), 'invalid_query'],
    ['a cursor nobody gave', () => get('/v1/orders?cursor=abc', bearer), 'cursor_malformed'],
    ['a cursor with more behind it', () => get(`/v1/orders?cursor=${CURSOR}!`, bearer), 'cursor_malformed'],
    [
      'a cursor with bits that mean nothing',
      () => get(`/v1/orders?cursor=${CURSOR.slice(0, -1)}R`, bearer),
      'cursor_malformed',
    ],
    ['an empty cursor', () => get('/v1/orders?cursor=', bearer), 'cursor_malformed'],
    ['a day that is none', () => get('/v1/analytics/cafes/harbour?from=2026-02-30T00:00:00Z', bearer), 'invalid_query'],
    [
      'from after to',
      () => asStaff('/v1/analytics/cafes/harbour?from=2026-02-02T00:00:00Z&to=2026-02-01T00:00:00Z'),
      'invalid_query',
    ],
    [
      'more than a day',
      () => asStaff('/v1/analytics/cafes/harbour?from=2026-02-01T00:00:00Z&to=2026-02-02T00:00:01Z'),
      'invalid_query',
    ],
    ['a report of 1969', () => asStaff('/v1/analytics/cafes/harbour?to=1969-12-31T23:59:59Z'), 'invalid_query'],
    ['a report of 10000', () => asStaff('/v1/analytics/cafes/harbour?to=9999-12-31T23:59:59-01:00'), 'invalid_query'],
    ['a timeout of 0', () => get('/v1/cafes', 'Request-Timeout-Ms: 0'), 'request_timeout_malformed'],
    ['a timeout above ours', () => get('/v1/cafes', 'Request-Timeout-Ms: 2001'), 'request_timeout_malformed'],
    ['a timeout of 1.5', () => get('/v1/cafes', 'Request-Timeout-Ms: 1.5'), 'request_timeout_malformed'],
    [
      'two timeouts',
      () => get('/v1/cafes', 'Request-Timeout-Ms: 5', 'Request-Timeout-Ms: 6'),
      'request_timeout_malformed',
    ],
    ['101 headers', () => get('/v1/cafes', ...Array.from({ length: 99 }, (_, at) => `X-${at}: 1`)), 'headers_too_many'],
    ['two hosts', () => get('/v1/cafes', 'Host: evil.example'), 'host_not_single'],
    ['no host', () => send(['GET /v1/cafes HTTP/1.1', 'Connection: close']), 'host_not_single'],
    ['a body of a GET', () => get('/v1/cafes', 'Content-Length: 3'), 'body_unexpected'],
    ['a body of a GET of what is posted', () => get('/v1/auth/login', 'Content-Length: 3'), 'method_not_allowed'],
    ['a body of a GET of nothing', () => get('/v1/nothing', 'Content-Length: 3'), 'route_unknown'],
    ['chunks of a GET', () => get('/v1/cafes', 'Transfer-Encoding: chunked'), 'body_unexpected'],
    ['an expectation', () => get('/v1/cafes', 'Expect: 200-ok'), 'expectation_unsupported'],
  ])('%s is refused', async (_, request, reason) => {
    await expectProblem(await request(), reason);
  });

  it('that no customer may send is refused for that, whatever its query is', async () => {
    for (const [path, reason] of [
      ['/v1/traces', 'operators_only'],
      ['/v1/audit?wait=x', 'operators_only'],
      ['/v1/analytics/cafes/harbour?to=0631-05-31T18:49:48Z', 'not_your_cafe'],
      ['/v1/analytics/cafes/harbour?from=2026-02-02T00:00:00Z&to=2026-02-01T00:00:00Z', 'not_your_cafe'],
    ]) {
      const answer = await get(path as string, bearer);
      expect([path, answer.status, JSON.parse(answer.body).reason]).toEqual([path, 403, reason]);
    }
  });

  it('that a path does not offer comes with those that it does', async () => {
    expect((await send(start('DELETE /v1/orders'))).headers['allow']).toBe('POST, GET, HEAD');
    expect((await send(start('DELETE /v1/wallet'))).headers['allow']).toBe('GET, HEAD');
    expect((await send([...start('OPTIONS /v1/cafes'), 'Origin: http://evil.example'])).headers).not.toHaveProperty(
      'access-control-allow-origin',
    );
  });

  it.each(METHODS.filter((method) => !['GET', 'HEAD', 'CONNECT'].includes(method)))(
    '%s of what is only read is refused with those methods that there are, whatever its body is',
    async (method) => {
      const bodies = [
        [],
        ['Content-Length: 2'],
        [json, 'Content-Length: 2'],
        ['Content-Type: json', 'Content-Length: 2'],
      ];
      for (const headers of bodies) {
        const answer = await send([...start(`${method} /v1/cafes`), ...headers], headers.length === 0 ? '' : '{}');
        await expectProblem(answer, 'method_not_allowed');
        expect(answer.headers['allow']).toBe('GET, HEAD');
        await expectProblem(
          await send([...start(`${method} /v1/nothing`), ...headers], headers.length === 0 ? '' : '{}'),
          'route_unknown',
        );
      }
    },
  );
});

describe('an error of the framework', () => {
  const mistakes = Object.entries(errorCodes)
    .map(([code, FastifyError]) => ({ code, error: new FastifyError() }))
    .filter(({ error }) => (error.statusCode ?? 500) < 500);

  it.each(mistakes)('$code is the mistake of the client: it has the status and a reason', ({ error }) => {
    const failure = failureOf(error, { method: 'POST', url: '/v1/orders?a=1' });
    expect(failure).toBeInstanceOf(HttpRefusal);
    expect(failure.kind).not.toBe('bug');
    expect(statusOf(failure)).toBe(error.statusCode);
  });

  it('with another status is a bug', () => {
    expect(failureOf(new errorCodes.FST_ERR_REP_ALREADY_SENT(), { method: 'POST', url: '/v1/orders' }).kind).toBe(
      'bug',
    );
  });
});
