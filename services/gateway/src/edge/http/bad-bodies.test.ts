import { describe, expect, it } from '@jest/globals';
import {
  type Answer,
  bearer,
  deep,
  expectProblem,
  good,
  ITEM,
  json,
  key,
  order,
  ordering,
  post,
  registering,
  send,
  start,
  topUp,
} from '../../../test/bad-requests.ts';
import { type HttpReason } from './problem.ts';

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
    [
      'in UTF-16',
      () => post('/v1/orders', [bearer, key, `${json}; charset=utf-16`], Buffer.from(good, 'utf16le')),
      'malformed_json',
    ],
    [
      'in Latin-1',
      () => post('/v1/orders', [bearer, key, `${json}; charset=ISO-8859-1`], Buffer.from('{"é":1}', 'latin1')),
      'malformed_json',
    ],
    [
      'of a type that begins alike',
      () => post('/v1/orders', [bearer, key, 'Content-Type: application/json-patch+json'], good),
      'media_type_unsupported',
    ],
    [
      'of a type with a suffix',
      () => post('/v1/orders', [bearer, key, 'Content-Type: application/problem+json'], good),
      'media_type_unsupported',
    ],
    [
      'of two types in one header',
      () => post('/v1/orders', [bearer, key, `${json}, text/plain`], good),
      'media_type_unsupported',
    ],
    [
      'compressed',
      () => post('/v1/orders', [bearer, key, json, 'Content-Encoding: gzip'], good),
      'media_type_unsupported',
    ],
  ])('%s is refused', async (_, request, reason) => {
    await expectProblem(await request(), reason);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  it.each([
    json,
    `${json}; charset=UTF-8`,
    `${json};charset="utf-8"`,
    `${json};`,
    `${json}; charset=utf8`,
    `${json}; charset=ISO-8859-1`,
    `${json}; v=1`,
    `${json};a=1 ; charset=us-ascii; b="x; \\"y\\""`,
    'Content-Type: Application/JSON; Charset=UTF-16',
  ])('as %s is read', async (type) => {
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
    ['a password of 401', () => registering({ password: 'p'.repeat(401) }), 'password'],
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
