import { connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ask, balancerOver, closeAll, eventually, gateway, HOST, owned, raw } from './stand-ins.ts';

afterEach(closeAll);

const GET = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;
const LAST = 'GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';

describe('requests that come on one connection before there is an answer', () => {
  it('are asked one after the other, and answered in order', async () => {
    let now = 0;
    let most = 0;
    const busy = await gateway(({ url }, response) => {
      most = Math.max(most, ++now);
      response.once('close', () => now--);
      setImmediate(() => response.end(`<${url}>`));
    });
    const { port } = await balancerOver([busy]);
    const answer = await raw(port, GET('/1') + GET('/2') + GET('/3') + LAST);
    expect(answer.match(/<[^>]+>/g)).toEqual(['</1>', '</2>', '</3>', '</last>']);
    expect(most).toBe(1);
  });

  it('are refused beyond a few, which no gateway hears of; the others have their answers', async () => {
    const heard: string[] = [];
    const polite = await gateway(({ url = '' }, response) => {
      heard.push(url);
      response.end('done');
    });
    const { port } = await balancerOver([polite]);
    const answer = await raw(port, GET('/flood').repeat(40));
    expect(heard).toHaveLength(17);
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual([...Array(17).fill('HTTP/1.1 200'), 'HTTP/1.1 429']);
    expect(answer).toContain('"reason":"too_many_at_once"');
  });

  it('are forgotten with a client that goes', async () => {
    const held: (() => void)[] = [];
    const heard: string[] = [];
    const slow = await gateway(({ url = '' }, response) => {
      heard.push(url);
      held.push(() => response.end('late'));
      if (url === '/good') response.end('good');
    });
    const { port } = await balancerOver([slow]);
    const socket = owned(connect({ host: HOST, port }));
    socket.write(GET('/1') + GET('/2'));
    await eventually(() => held.length === 1);
    socket.destroy();
    expect(await ask(port, { path: '/good' })).toMatchObject({ body: 'good' });
    expect(heard).toEqual(['/1', '/good']);
  });
});
