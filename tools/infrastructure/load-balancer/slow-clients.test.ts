import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ask, balancerOver, closeAll, eventually, gateway, HOST, listening, owned, raw } from './stand-ins.ts';
import { cutUnreadAnswers } from './unread-answers.ts';

afterEach(closeAll);

describe('a body that comes slowly', () => {
  const parts = ['{"cafe', 'Id":"harbour"}'] as const;
  const framed = (part: string): string => `${part.length.toString(16)}\r\n${part}\r\n`;
  it.each([
    ['of a length', `Content-Length: ${parts.join('').length}`, parts[0], parts[1]],
    ['in chunks', 'Transfer-Encoding: chunked', framed(parts[0]), `${framed(parts[1])}0\r\n\r\n`],
  ])('%s reaches a gateway when it is whole', async (_, frame, first, rest) => {
    const bodies: string[] = [];
    let begun = 0;
    const echo = await gateway(async (incoming, response) => {
      begun += 1;
      bodies.push(Buffer.concat(await incoming.toArray()).toString());
      response.end('done');
    });
    const { port } = await balancerOver([echo]);
    const socket = owned(connect({ host: HOST, port })).resume();
    socket.write(`POST / HTTP/1.1\r\nHost: x\r\n${frame}\r\nConnection: close\r\n\r\n${first}`);
    // Another one passes meanwhile, so the first had its chance.
    expect(await ask(port)).toMatchObject({ status: 200 });
    expect(begun).toBe(1);
    socket.write(rest);
    await once(socket, 'close');
    expect(bodies).toEqual(['', parts.join('')]);
  });

  it('and is larger than what is held streams through, whole', async () => {
    const echo = await gateway(async (incoming, response) => {
      response.end(String(Buffer.concat(await incoming.toArray()).length));
    });
    const { port } = await balancerOver([echo]);
    const chunk = `4000\r\n${'x'.repeat(0x4000)}\r\n`;
    const answer = await raw(
      port,
      `POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n${chunk.repeat(20)}0\r\n\r\n`,
    );
    expect(answer).toContain(String(0x4000 * 20));
  });

  it('goes whole to the next gateway when the first cannot be reached', async () => {
    const echo = await gateway(async (incoming, response) => response.end(Buffer.concat(await incoming.toArray())));
    const { port } = await balancerOver([{ port: 1, opsPort: echo.opsPort }, echo]);
    for (let count = 0; count < 3; count++) {
      expect(await ask(port, { method: 'POST', body: `order ${count}` })).toMatchObject({ body: `order ${count}` });
    }
  });
});

describe('when a gateway has as many requests as it can hold', () => {
  it('the next one gets them, then they are refused, and nobody is taken for unreachable', async () => {
    const held: (() => void)[] = [];
    const silent = () => gateway((_, response) => held.push(() => response.end('late')));
    const { port } = await balancerOver([await silent(), await silent()], { inFlightMax: 2 });
    const waiting = [1, 2, 3, 4].map(() => ask(port));
    await eventually(() => held.length === 4);

    const refused = await ask(port, { method: 'POST', body: '{}' });
    expect(refused).toMatchObject({
      status: 503,
      headers: { 'retry-after': '1', 'content-type': 'application/problem+json' },
    });
    expect(JSON.parse(refused.body)).toMatchObject({ status: 503, reason: 'overloaded' });
    const health = await ask(port, { path: '/readyz' });
    expect(JSON.parse(health.body).gateways.map(({ state }: { state: string }) => state)).toEqual(['ready', 'ready']);

    for (const answer of held) answer();
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const again = [1, 2, 3, 4].map(() => ask(port));
    await eventually(() => held.length === 8);
    for (const answer of held) answer();
    expect((await Promise.all(again)).map(({ body }) => body)).toEqual(['late', 'late', 'late', 'late']);
  });
});

describe('an answer that nobody reads', () => {
  it('ends its connection', async () => {
    const server = createServer((_, response) => response.end(Buffer.alloc(32 * 1_024 * 1_024)));
    cutUnreadAnswers(server, 200);
    const port = await listening(server);
    const open = (): Promise<number> =>
      new Promise((resolve, reject) =>
        server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
      );
    const came = once(server, 'connection');
    const deaf = owned(connect({ host: HOST, port }));
    deaf.pause().write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await came;
    await eventually(async () => (await open()) === 0);
  });
});
