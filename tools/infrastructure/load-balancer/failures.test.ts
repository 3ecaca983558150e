import { createServer as createTcpServer } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ask, balancerOver, closeAll, eventually, gateway, HOST, listening, raw } from './stand-ins.ts';

afterEach(closeAll);

/** A port on which nobody listens: a server had it a moment ago. */
async function deadPort(): Promise<number> {
  const server = createTcpServer();
  const port = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('health of the whole', () => {
  it('is ready while one gateway is, and names every gateway with its state', async () => {
    const [a, b] = [await gateway((_, response) => response.end()), await gateway((_, response) => response.end())];
    const { port } = await balancerOver([a, b]);
    expect(await ask(port, { path: '/readyz' })).toMatchObject({ status: 200 });

    a.ready = false;
    await eventually(async () => (await ask(port, { path: '/readyz' })).body.includes('not_ready'));
    const one = await ask(port, { path: '/readyz' });
    expect(one.status).toBe(200);
    expect(JSON.parse(one.body)).toEqual({
      status: 'ready',
      connections: 1,
      upMs: expect.any(Number),
      requests: { taken: 0, ended: 0, endedMs: 0, refusedHere: 0 },
      gateways: [
        { name: 'gateway-1', address: `${HOST}:${a.port}`, state: 'not_ready', why: '/readyz answers 503' },
        { name: 'gateway-2', address: `${HOST}:${b.port}`, state: 'ready' },
      ],
    });

    b.ready = false;
    await eventually(async () => (await ask(port, { path: '/readyz' })).status === 503);
    expect(await ask(port, { path: '/livez' })).toMatchObject({ status: 200, body: '{"status":"alive"}' });
    const refused = await ask(port, { path: '/v1/cafes' });
    expect(refused).toMatchObject({
      status: 503,
      headers: { 'retry-after': '1', 'content-type': 'application/problem+json' },
    });
    expect(JSON.parse(refused.body)).toEqual({
      type: 'about:blank',
      title: 'Service Unavailable',
      status: 503,
      detail: 'No gateway is ready. Nothing was done; try again.',
      reason: 'no_gateway',
    });

    b.ready = true;
    await eventually(async () => (await ask(port, { path: '/v1/cafes' })).status === 200);
  });

  it('is only read', async () => {
    const { port } = await balancerOver([]);
    expect(await ask(port, { path: '/readyz', method: 'POST' })).toMatchObject({
      status: 405,
      headers: { allow: 'GET, HEAD' },
    });
  });
});

describe('a gateway that fails', () => {
  it('is passed over when connecting fails: nothing was sent, so the next one gets the request', async () => {
    const good = await gateway(async (incoming, response) => response.end(Buffer.concat(await incoming.toArray())));
    const dead = { ...(await gateway((_, response) => response.end())), port: await deadPort() };
    const { port } = await balancerOver([dead, good]);
    for (let i = 0; i < 4; i++) {
      expect(await ask(port, { method: 'POST', body: `order ${i}` })).toMatchObject({
        status: 200,
        body: `order ${i}`,
      });
    }
  });

  it('never gets a request repeated that it may have seen: the outcome is unknown', async () => {
    let seen = 0;
    const breaking = await gateway((incoming) => {
      seen += 1;
      incoming.socket.destroy();
    });
    const other = await gateway((_, response) => {
      seen += 100;
      response.end();
    });
    const { port } = await balancerOver([breaking, other]);
    other.ready = false;
    await eventually(async () => (await ask(port, { path: '/readyz' })).body.includes('not_ready'));

    const answer = await ask(port, { method: 'POST', body: '{}' });
    expect(answer).toMatchObject({ status: 504, headers: { 'content-type': 'application/problem+json' } });
    expect(JSON.parse(answer.body)).toMatchObject({ status: 504, title: 'Gateway Timeout', reason: 'reply_lost' });
    expect(seen).toBe(1);
  });

  it('that accepts and stays silent ends as unknown within the limit', async () => {
    const silent = await gateway(() => {});
    const { port } = await balancerOver([silent], { limits: { answerMsMax: 50 } });
    const answer = await ask(port, { method: 'POST', body: '{}' });
    expect(JSON.parse(answer.body)).toMatchObject({ status: 504, reason: 'reply_lost' });
  });

  it('that is known to take longer on a path is waited for, on that path alone', async () => {
    const slow = await gateway((_, response) => setTimeout(() => response.end('at last'), 150));
    const { port } = await balancerOver([slow], { limits: { answerMsMax: 50, slowPathsMs: { '/slow': 5_000 } } });
    expect(await ask(port, { path: '/slow?wait=10' })).toMatchObject({ status: 200, body: 'at last' });
    expect(await ask(port, { path: '/slow/er' })).toMatchObject({ status: 504 });
  });

  it('that dies inside its answer breaks the client connection, for half an answer must not look whole', async () => {
    const halfway = await gateway((incoming, response) => {
      response.writeHead(200, { 'Content-Length': '10' }).write('half');
      setImmediate(() => incoming.socket.destroy());
    });
    const { port } = await balancerOver([halfway]);
    await expect(ask(port)).rejects.toThrow('aborted');
  });

  it('that answers before it has read everything is heard', async () => {
    const strict = await gateway((_, response) => response.writeHead(413, { Connection: 'close' }).end('too large'));
    const { port } = await balancerOver([strict]);
    const answer = await raw(port, `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nbegin`);
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
    expect(answer).toContain('Connection: close');
    expect(answer).toContain('too large');
  });
});

describe('what is no request', () => {
  it.each([
    ['two Host headers', 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n', 400, 'host_not_single'],
    ['no Host header', 'GET / HTTP/1.1\r\n\r\n', 400, ''],
    ['an absolute target', 'GET http://evil/ HTTP/1.1\r\nHost: a\r\n\r\n', 400, 'target_not_a_path'],
    [
      'a length and chunks',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n',
      400,
      'http_malformed',
    ],
    [
      'two lengths',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n',
      400,
      'http_malformed',
    ],
    ['a negative length', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n', 400, 'http_malformed'],
    ['a space before the colon', 'GET / HTTP/1.1\r\nHost : a\r\n\r\n', 400, 'http_malformed'],
    ['a folded header', 'GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n', 400, 'http_malformed'],
    [
      'a header of 17 KiB',
      `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(17 * 1024)}\r\n\r\n`,
      431,
      'headers_too_large',
    ],
    ['101 header lines', `GET / HTTP/1.1\r\nHost: a\r\n${'X: 1\r\n'.repeat(100)}\r\n`, 431, 'headers_too_many'],
    ['CONNECT', 'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n', 405, 'method_not_allowed'],
    ['noise', '\x16\x03\x01\x02\x00\r\n\r\n', 400, 'http_malformed'],
  ])('%s', async (_, bytes, status, reason) => {
    let reached = 0;
    const { port } = await balancerOver([
      await gateway((__, response) => {
        reached += 1;
        response.end();
      }),
    ]);
    const answer = await raw(port, bytes.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'));
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toContain(reason);
    expect(reached).toBe(0);
  });
});
