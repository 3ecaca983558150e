import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ORDER, TOKEN } from '../../../test/answers.ts';
import { HOST, raw, startWorld, type World } from '../../../test/stand-ins.ts';
import { type HttpReason, STATUS_OF_REASON } from './problem.ts';
import { problem } from './schemas.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(() => {
  world.calls.length = 0;
});

const ITEM = 'harbour-espresso';
const bearer = `Authorization: Bearer ${TOKEN}`;
const json = 'Content-Type: application/json';
const key = 'Idempotency-Key: key-1';
const good = JSON.stringify({ cafeId: 'harbour', items: [{ itemId: ITEM, quantity: 1 }] });

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One request as bytes, for no client sends these. */
async function send(head: readonly string[], body: string | Buffer = ''): Promise<Answer> {
  const bytes = Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), Buffer.from(body)]);
  return answerOf(await raw(world.gateway.port, bytes));
}

function answerOf(text: string): Answer {
  const [head = '', body = ''] = [text.slice(0, text.indexOf('\r\n\r\n')), text.slice(text.indexOf('\r\n\r\n') + 4)];
  const [first = '', ...lines] = head.split('\r\n');
  const headers = lines.map((line) => [line.split(': ')[0]?.toLowerCase(), line.split(': ').slice(1).join(': ')]);
  return { status: Number(first.split(' ')[1]), headers: Object.fromEntries(headers), body };
}

const start = (line: string): string[] => [`${line} HTTP/1.1`, `Host: ${HOST}`, 'Connection: close'];
const get = (path: string, ...headers: string[]): Promise<Answer> => send([...start(`GET ${path}`), ...headers]);
const post = (path: string, headers: readonly string[], body: string | Buffer): Promise<Answer> =>
  send([...start(`POST ${path}`), ...headers, `Content-Length: ${Buffer.byteLength(body)}`], body);
const order = (body: string | Buffer): Promise<Answer> => post('/v1/orders', [bearer, json, key], body);
const ordering = (change: object): Promise<Answer> => order(JSON.stringify({ ...JSON.parse(good), ...change }));
const topUp = (amountCents: unknown): Promise<Answer> =>
  post('/v1/wallet/top-ups', [bearer, json, key], `{"amountCents":${String(amountCents)}}`);
const registering = (change: object): Promise<Answer> =>
  post('/v1/auth/register', [json], JSON.stringify({ email: 'a@b.io', password: 'p', displayName: 'A', ...change }));
const deep = (depth: number): string => `${'{"a":'.repeat(depth - 1)}{}${'}'.repeat(depth - 1)}`;

async function expectProblem(answer: Answer, reason: HttpReason): Promise<void> {
  const body = problem.strict().safeParse(JSON.parse(answer.body)).data;
  expect(body).toMatchObject({ type: 'about:blank', status: answer.status, reason });
  expect(answer.status).toBe(STATUS_OF_REASON[reason]);
  expect(answer.headers['content-type']).toBe('application/problem+json');
  expect(answer.headers['trace-id']).toMatch(/^[0-9a-f]{32}$/);
  expect(answer.headers['traceparent']).toContain(answer.headers['trace-id']);
  expect(answer.body).not.toMatch(/\n +at |node_modules|Nest|fastify|Zod/i);
  expect(world.calls.filter((call) => call !== 'Authenticate')).toEqual([]);
  if (answer.status === 401) expect(answer.headers['www-authenticate']).toBe('Bearer');
}

describe('a body', () => {
  it.each<[string, () => Promise<Answer>, HttpReason]>([
    ['cut off', () => order(good.slice(0, -1)), 'malformed_json'],
    ['with a trailing comma', () => order('{"cafeId":"harbour",}'), 'malformed_json'],
    ['with NaN', () => order('{"cafeId":NaN}'), 'malformed_json'],
    ['in single quotes', () => order("{'cafeId':'harbour'}"), 'malformed_json'],
    ['with a byte order mark', () => order(`\ufeff${good}`), 'malformed_json'],
    ['of two documents', () => order(`${good}${good}`), 'malformed_json'],
    ['that is empty', () => order(''), 'malformed_json'],
    ['that is not there', () => send([...start('POST /v1/orders'), bearer, key]), 'malformed_json'],
    ['that is null', () => order('null'), 'malformed_json'],
    ['that is an array', () => order('[]'), 'malformed_json'],
    ['that is a string', () => order('"a"'), 'malformed_json'],
    [
      'with overlong UTF-8',
      () => order(Buffer.from([0x7b, 0x22, 0xc0, 0xaf, 0x22, 0x3a, 0x31, 0x7d])),
      'malformed_json',
    ],
    ['with a name twice', () => order('{"cafeId":"harbour","cafeId":"station"}'), 'malformed_json'],
    ['with a name twice, once escaped', () => order('{"cafeId":"harbour","c\\u0061feId":"x"}'), 'malformed_json'],
    ['that reaches for the prototype', () => order('{"__proto__":{"x":1}}'), 'malformed_json'],
    ['that reaches for it escaped', () => order('{"__pr\\u006fto__":{"x":1}}'), 'malformed_json'],
    ['that reaches for it by constructor', () => order('{"constructor":{"prototype":{"x":1}}}'), 'malformed_json'],
    ['16 deep', () => order(deep(16)), 'invalid_body'],
    ['17 deep', () => order(deep(17)), 'malformed_json'],
    ['10,000 deep', () => order(`${'['.repeat(10_000)}${']'.repeat(10_000)}`), 'malformed_json'],
    [
      'of 10,000 names',
      () => order(JSON.stringify(Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`k${at}`, 0])))),
      'invalid_body',
    ],
    ['named toString', () => order('{"toString":1}'), 'invalid_body'],
    ['of 64 KiB', () => order(`{"a":"${'x'.repeat(65_536 - 8)}"}`), 'invalid_body'],
    ['of 64 KiB and a byte', () => order(`{"a":"${'x'.repeat(65_536 - 7)}"}`), 'body_too_large'],
    ['of 3 MB', () => order('x'.repeat(3_000_000)), 'body_too_large'],
    [
      'of 3 MB in chunks',
      () =>
        send(
          [...start('POST /v1/orders'), bearer, json, key, 'Transfer-Encoding: chunked'],
          `2dc6c0\r\n${'x'.repeat(3_000_000)}\r\n0\r\n\r\n`,
        ),
      'body_too_large',
    ],
    ['without a type', () => post('/v1/orders', [bearer, key], good), 'media_type_unsupported'],
    [
      'of another type',
      () => post('/v1/orders', [bearer, key, 'Content-Type: text/plain'], good),
      'media_type_unsupported',
    ],
    [
      'of a form',
      () => post('/v1/orders', [bearer, key, 'Content-Type: application/x-www-form-urlencoded'], 'a=1'),
      'media_type_unsupported',
    ],
    [
      'of a type that is none',
      () => post('/v1/orders', [bearer, key, 'Content-Type: json'], good),
      'media_type_unsupported',
    ],
    ['of two types', () => post('/v1/orders', [bearer, key, json, json], good), 'media_type_unsupported'],
    ['in UTF-16', () => post('/v1/orders', [bearer, key, `${json}; charset=utf-16`], good), 'media_type_unsupported'],
    [
      'compressed',
      () => post('/v1/orders', [bearer, key, json, 'Content-Encoding: gzip'], good),
      'media_type_unsupported',
    ],
  ])('%s is refused', async (_, request, reason) => {
    await expectProblem(await request(), reason);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  it.each([json, `${json}; charset=UTF-8`, `${json};charset="utf-8"`, `${json};`])('as %s is read', async (type) => {
    expect((await post('/v1/orders', [bearer, key, type], good)).status).toBe(201);
  });
});

describe('a field', () => {
  it.each<[string, () => Promise<Answer>, string]>([
    ['that is unknown', () => ordering({ customerId: 'x' }), 'customerId'],
    [
      'that is unknown, in a line',
      () => ordering({ items: [{ itemId: ITEM, quantity: 1, price: 1 }] }),
      'items.0.price',
    ],
    ['that is missing', () => ordering({ cafeId: undefined }), 'cafeId'],
    ['quantity 0', () => ordering({ items: [{ itemId: ITEM, quantity: 0 }] }), 'items.0.quantity'],
    ['quantity -1', () => ordering({ items: [{ itemId: ITEM, quantity: -1 }] }), 'items.0.quantity'],
    ['quantity 1.5', () => ordering({ items: [{ itemId: ITEM, quantity: 1.5 }] }), 'items.0.quantity'],
    ['quantity "1"', () => ordering({ items: [{ itemId: ITEM, quantity: '1' }] }), 'items.0.quantity'],
    ['quantity 101', () => ordering({ items: [{ itemId: ITEM, quantity: 101 }] }), 'items.0.quantity'],
    ['quantity 2^31', () => ordering({ items: [{ itemId: ITEM, quantity: 2 ** 31 }] }), 'items.0.quantity'],
    ['no items', () => ordering({ items: [] }), 'items'],
    ['51 items', () => ordering({ items: Array.from({ length: 51 }, () => ({ itemId: ITEM, quantity: 1 })) }), 'items'],
    ['items that are an object', () => ordering({ items: {} }), 'items'],
    ['a nonce with NUL', () => ordering({ clientNonce: 'a\0' }), 'clientNonce'],
    ['a nonce with half a pair', () => order(good.replace('{', '{"clientNonce":"\\ud800",')), 'clientNonce'],
    ['a nonce of 65', () => ordering({ clientNonce: 'n'.repeat(65) }), 'clientNonce'],
    [
      'an item name with SQL',
      () => ordering({ items: [{ itemId: "'; DROP TABLE orders", quantity: 1 }] }),
      'items.0.itemId',
    ],
    ['amount 0', () => topUp(0), 'amountCents'],
    ['amount -0', () => topUp('-0'), 'amountCents'],
    ['amount 100001', () => topUp(100_001), 'amountCents'],
    ['amount 1e309', () => topUp('1e309'), 'amountCents'],
    ['amount 9007199254740993', () => topUp('9007199254740993'), 'amountCents'],
    ['amount 0.1', () => topUp(0.1), 'amountCents'],
    ['an email that is none', () => registering({ email: 'a' }), 'email'],
    ['a password of 257', () => registering({ password: 'p'.repeat(257) }), 'password'],
    ['a display name with ESC', () => registering({ displayName: 'A\u001b[2J' }), 'displayName'],
    ['a role', () => registering({ role: 'operator' }), 'role'],
    ['a name nobody would choose', () => registering({ 'x y\n': 'operator' }), '(a name)'],
  ])('%s is named and refused', async (_, request, path) => {
    const answer = await request();
    await expectProblem(answer, 'invalid_body');
    expect(JSON.parse(answer.body).errors[0].path).toBe(path);
  });

  it('1e2 and 100.0 are whole numbers', async () => {
    expect((await topUp('1e2')).status).toBe(201);
    expect((await topUp('100.0')).status).toBe(201);
  });

  it('gives at most 20 of many mistakes', async () => {
    const answer = await ordering({ items: Array.from({ length: 50 }, () => ({ itemId: 1, quantity: 0 })) });
    expect(JSON.parse(answer.body).errors).toHaveLength(20);
  });
});

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
    [
      'a cursor with more behind it',
      () => get(`/v1/orders?cursor=${Buffer.from(ORDER).toString('base64url')}!`, bearer),
      'cursor_malformed',
    ],
    ['an empty cursor', () => get('/v1/orders?cursor=', bearer), 'cursor_malformed'],
    ['a day that is none', () => get('/v1/analytics/cafes/harbour?from=2026-02-30T00:00:00Z', bearer), 'invalid_query'],
    [
      'from after to',
      () => get('/v1/analytics/cafes/harbour?from=2026-02-02T00:00:00Z&to=2026-02-01T00:00:00Z', bearer),
      'invalid_query',
    ],
    [
      'more than a day',
      () => get('/v1/analytics/cafes/harbour?from=2026-02-01T00:00:00Z&to=2026-02-02T00:00:01Z', bearer),
      'invalid_query',
    ],
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
    ['an expectation', () => get('/v1/cafes', 'Expect: 200-ok'), 'expectation_unsupported'],
  ])('%s is refused', async (_, request, reason) => {
    await expectProblem(await request(), reason);
  });

  it('that a path does not offer comes with those that it does', async () => {
    expect((await send(start('DELETE /v1/orders'))).headers['allow']).toBe('POST, GET, HEAD');
    expect((await send(start('DELETE /v1/wallet'))).headers['allow']).toBe('GET, HEAD');
    expect((await send([...start('OPTIONS /v1/cafes'), 'Origin: http://evil.example'])).headers).not.toHaveProperty(
      'access-control-allow-origin',
    );
  });
});

describe('bytes that are no request', () => {
  it.each<[string, string, HttpReason]>([
    ['noise', 'hello\r\n\r\n', 'http_malformed'],
    [
      'a length and chunks',
      `POST /v1/orders HTTP/1.1\r\nHost: x\r\n${json}\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      'http_malformed',
    ],
    [
      'two lengths',
      `POST /v1/orders HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n{}`,
      'http_malformed',
    ],
    ['a negative length', `POST /v1/orders HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n{}`, 'http_malformed'],
    ['a folded header', 'GET /v1/cafes HTTP/1.1\r\nHost: x\r\nX-A: 1\r\n 2\r\n\r\n', 'http_malformed'],
    ['a blank before the colon', 'GET /v1/cafes HTTP/1.1\r\nHost : x\r\n\r\n', 'http_malformed'],
    [
      'a chunk that is none',
      `POST /v1/orders HTTP/1.1\r\nHost: x\r\n${bearer}\r\n${json}\r\n${key}\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`,
      'http_malformed',
    ],
    [
      '17 KiB of headers',
      `GET /v1/cafes HTTP/1.1\r\nHost: x\r\nX-A: ${'a'.repeat(17_000)}\r\n\r\n`,
      'headers_too_large',
    ],
    [
      'another protocol',
      'GET /v1/cafes HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n',
      'upgrade_unsupported',
    ],
    ['CONNECT', 'CONNECT evil.example:443 HTTP/1.1\r\nHost: x\r\n\r\n', 'method_not_allowed'],
  ])('%s is refused and the connection closed', async (_, bytes, reason) => {
    const answer = answerOf(await raw(world.gateway.port, bytes));
    expect(answer.status).toBe(STATUS_OF_REASON[reason]);
    expect(JSON.parse(answer.body)).toMatchObject({ type: 'about:blank', status: answer.status, reason });
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(answer.headers['connection']).toBe('close');
    expect(world.calls.filter((call) => call !== 'Authenticate')).toEqual([]);
  });

  it('behind a good request are not answered in its place', async () => {
    world.next('ListCafes', async () => ({ cafes: [] }));
    const text = await raw(world.gateway.port, 'GET /v1/cafes HTTP/1.1\r\nHost: x\r\n\r\n\x01\x02\r\n\r\n');
    expect(text).toMatch(/^HTTP\/1.1 200 OK/);
    expect(text.match(/HTTP\/1.1/g)).toHaveLength(1);
  });
});
