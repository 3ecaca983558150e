import { once } from 'node:events';
import { Agent, type IncomingMessage, type RequestListener, request } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ask, balancerOver, closeAll, eventually, gateway, HOST, owned, raw } from './stand-ins.ts';

afterEach(closeAll);

const named =
  (name: string): RequestListener =>
  (_, response) =>
    response.end(name);

describe('the load balancer', () => {
  it('takes the gateways by turns', async () => {
    const balancer = await balancerOver([await gateway(named('a')), await gateway(named('b'))]);
    const bodies = [];
    for (let i = 0; i < 6; i++) bodies.push((await ask(balancer.port)).body);
    expect(bodies.join('')).toMatch(/^(abab|baba)/);
    expect(bodies.filter((body) => body === 'a')).toHaveLength(3);
  });

  it('passes method, path, body, status and headers, and drops what belongs to one hop', async () => {
    const seen: IncomingMessage[] = [];
    let body = '';
    const echo = await gateway(async (incoming, response) => {
      seen.push(incoming);
      body = Buffer.concat(await incoming.toArray()).toString();
      response.writeHead(201, { 'X-Answer': 'yes', 'Keep-Alive': 'timeout=5' }).end('made');
    });
    const { port } = await balancerOver([echo]);
    const answer = await ask(port, {
      method: 'POST',
      path: '/v1/orders?a=%20b',
      body: '{"x":1}',
      headers: {
        traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
        'X-Forwarded-For': '6.6.6.6',
        'X-Forwarded-Proto': 'https',
        'X-Forwarded-Host': 'evil',
        Forwarded: 'for=6.6.6.6',
        Connection: 'keep-alive, X-Only-Here',
        'X-Only-Here': '1',
        TE: 'trailers',
      },
    });
    expect(answer).toMatchObject({ status: 201, body: 'made', headers: { 'x-answer': 'yes' } });
    expect(body).toBe('{"x":1}');
    expect(seen[0]).toMatchObject({ method: 'POST', url: '/v1/orders?a=%20b' });
    expect(seen[0]?.headers).toMatchObject({
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      'x-forwarded-for': HOST,
      'x-forwarded-proto': 'http',
      host: `${HOST}:${port}`,
    });
    for (const gone of ['forwarded', 'x-forwarded-host', 'x-only-here', 'te'])
      expect(seen[0]?.headers).not.toHaveProperty(gone);
  });

  it('ignores Upgrade, passes it to no gateway, and loses nothing that comes behind', async () => {
    const seen: string[] = [];
    const echo = await gateway(async (incoming, response) => {
      const body = Buffer.concat(await incoming.toArray()).toString();
      seen.push(
        `${incoming.method} ${incoming.url} ${body} ${incoming.headers.upgrade ?? incoming.headers['http2-settings'] ?? '-'}`,
      );
      response.end();
    });
    const { port } = await balancerOver([echo]);
    const offer = 'Host: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n';
    const text = await raw(
      port,
      `GET /1 HTTP/1.1\r\nHost: x\r\n\r\nPOST /2 HTTP/1.1\r\n${offer}Content-Length: 3\r\n\r\nabc` +
        `QUERY /3 HTTP/1.1\r\n${offer}\r\nGET /4 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
    );
    expect(text.match(/^HTTP\/1\.1 \d{3}/gm)).toEqual(Array.from({ length: 4 }, () => 'HTTP/1.1 200'));
    expect(seen).toEqual(['GET /1  -', 'POST /2 abc -', 'QUERY /3  -', 'GET /4  -']);
  });

  it('keeps a doubled header doubled, for the gateway to refuse', async () => {
    let seen: string[] = [];
    const echo = await gateway((incoming, response) => {
      seen = incoming.headersDistinct['idempotency-key'] ?? [];
      response.end();
    });
    const { port } = await balancerOver([echo]);
    await raw(
      port,
      'GET / HTTP/1.1\r\nHost: x\r\nIdempotency-Key: one\r\nIdempotency-Key: two\r\nConnection: close\r\n\r\n',
    );
    expect(seen).toEqual(['one', 'two']);
  });

  it('frames a chunked body of a GET, so that nothing hides in it', async () => {
    const urls: string[] = [];
    const echo = await gateway(async (incoming, response) => {
      urls.push(`${incoming.url} ${Buffer.concat(await incoming.toArray())}`);
      response.end();
    });
    const { port } = await balancerOver([echo]);
    const hidden = 'GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n';
    const chunk = `${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`;
    await raw(port, `GET /seen HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n${chunk}`);
    expect(urls).toEqual([`/seen ${hidden}`]);
  });

  it('streams an answer while it is being written', async () => {
    let goOn = (): void => {};
    const slow = await gateway((_, response) => {
      response.write('first');
      goOn = () => response.end('last');
    });
    const { port } = await balancerOver([slow]);
    const outgoing = request({ host: HOST, port }).end();
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
    const [first] = await once(answer, 'data');
    expect(String(first)).toBe('first');
    goOn();
    expect(Buffer.concat(await answer.toArray()).toString()).toBe('last');
  });

  it('cancels the request at the gateway when the client has gone', async () => {
    let cancelled = false;
    let arrived = false;
    const silent = await gateway((_, response) => {
      arrived = true;
      response.once('close', () => {
        cancelled = true;
      });
    });
    const { port } = await balancerOver([silent]);
    const outgoing = request({ host: HOST, port }).end();
    outgoing.on('error', () => {});
    await eventually(() => arrived);
    outgoing.destroy();
    await eventually(() => cancelled);
  });

  it('finishes what is in flight and takes nothing new while it drains', async () => {
    let finish: (() => void) | undefined;
    const slow = await gateway((_, response) => {
      finish = () => response.end('late');
    });
    const balancer = await balancerOver([slow]);
    const pending = ask(balancer.port, { agent: owned(new Agent({ keepAlive: true })) });
    await eventually(() => finish !== undefined);

    const drained = balancer.drain(5_000);
    await expect(ask(balancer.port)).rejects.toThrow('ECONNREFUSED');
    finish?.();
    expect(await pending).toMatchObject({ status: 200, body: 'late', headers: { connection: 'close' } });
    await drained;
  });

  it('cuts what is still in flight when the time to drain is over', async () => {
    let arrived = false;
    const silent = await gateway(() => {
      arrived = true;
    });
    const balancer = await balancerOver([silent]);
    const pending = ask(balancer.port);
    await eventually(() => arrived);
    await Promise.all([expect(pending).rejects.toThrow('socket hang up'), balancer.drain(20)]);
  });
});
