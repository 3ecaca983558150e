import { describe, expect, it } from '@jest/globals';
import { answerOf, bearer, good, json, key, world } from '../../../test/bad-requests.ts';
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

describe('Upgrade', () => {
  const offer = (protocol: string) =>
    `Host: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: ${protocol}\r\nHTTP2-Settings: AAMAAABk\r\n`;
  const last = 'GET /v1/cafes HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
  const statuses = (text: string) => [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));

  it.each(['h2c', 'websocket', 'TLS/1.0, HTTP/2.0'])(
    'to %s is ignored, and the next request is answered too',
    async (protocol) => {
      const text = await raw(world.gateway.port, `GET /v1/cafes HTTP/1.1\r\n${offer(protocol)}\r\n${last}`);
      expect(statuses(text)).toEqual([200, 200]);
      expect(text).not.toMatch(/^Upgrade:/im);
    },
  );

  it('may come behind a request that is not answered yet', async () => {
    const get = 'GET /v1/cafes HTTP/1.1\r\nHost: x\r\n\r\n';
    const text = await raw(world.gateway.port, `${get}${get}GET /v1/none HTTP/1.1\r\n${offer('h2c')}\r\n${last}`);
    expect(statuses(text)).toEqual([200, 200, 404, 200]);
  });

  it.each([
    ['a length', `Content-Length: ${good.length}\r\n\r\n${good}`],
    ['chunks', `Transfer-Encoding: chunked\r\n\r\n${good.length.toString(16)}\r\n${good}\r\n0\r\n\r\n`],
  ])('leaves a body with %s a body', async (_, rest) => {
    const head = `POST /v1/orders HTTP/1.1\r\n${bearer}\r\n${json}\r\n${key}\r\n${offer('h2c')}`;
    expect(statuses(await raw(world.gateway.port, `${head}${rest}${last}`))).toEqual([201, 200]);
    expect(world.calls).toContain('PlaceOrder');
  });

  it('hides nothing from what refuses a request that two parsers may read in two ways', async () => {
    const both = `POST /v1/orders HTTP/1.1\r\n${offer('h2c')}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${last}`;
    expect(statuses(await raw(world.gateway.port, both))).toEqual([400]);
  });

  it('on each request of a connection leaves no listener behind', async () => {
    const warnings: Error[] = [];
    const note = (warning: Error) => void warnings.push(warning);
    process.on('warning', note);
    const many = `GET /v1/none HTTP/1.1\r\n${offer('h2c')}\r\n`.repeat(30);
    expect(statuses(await raw(world.gateway.port, many + last))).toHaveLength(31);
    process.off('warning', note);
    expect(warnings).toEqual([]);
  });
});
