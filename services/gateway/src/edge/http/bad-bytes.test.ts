import { describe, expect, it } from '@jest/globals';
import { answerOf, bearer, json, key, world } from '../../../test/bad-requests.ts';
import { raw } from '../../../test/stand-ins.ts';
import { type HttpReason, STATUS_OF_REASON } from './problem.ts';

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
