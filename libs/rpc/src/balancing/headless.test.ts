import { createSocket, type Socket } from 'node:dgram';
import dns from 'node:dns';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Failure } from '@seams/call';
import { menuStoreService } from '@seams/contracts';
import { createLogger } from '@seams/telemetry';
import { eventually } from '@seams/testkit';
import { type Channel, callerOf, createRpcServer, implement, openChannel, type RpcServer } from '../index.ts';

const NAME = 'storage.seams.svc.cluster.test';
const log = createLogger({ service: 'test', process: 'test', logLevel: 'silent' });

/** A DNS server that knows one name: 0 addresses is "no such name", as of a Service without a ready pod. */
let server: Socket;
let addresses: string[];
let silent: boolean;
const before = dns.getServers();
const servers: RpcServer[] = [];
const channels: Channel[] = [];

beforeEach(async () => {
  [addresses, silent] = [[], false];
  server = createSocket('udp4');
  server.on('message', (question, { port, address }) => {
    if (!silent) server.send(answerOf(question), port, address);
  });
  server.bind(0, '127.0.0.1');
  await once(server, 'listening');
  dns.setServers([`127.0.0.1:${server.address().port}`]);
});
afterEach(async () => {
  for (const channel of channels.splice(0)) channel.close();
  await Promise.all(servers.splice(0).map((server) => server.drain(100)));
  dns.setServers(before);
  server.close();
});

function answerOf(question: Buffer): Buffer {
  const endOfName = question.indexOf(0, 12) + 5;
  const head = Buffer.from(question.subarray(0, endOfName));
  head.writeUInt16BE(addresses.length === 0 ? 0x8183 : 0x8180, 2);
  head.writeUInt16BE(addresses.length, 6);
  head.writeUInt32BE(0, 8);
  // The name by reference, type A, class IN, TTL 5 s, 4 bytes.
  const records = addresses.map((one) =>
    Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 5, 0, 4, ...one.split('.').map(Number)]),
  );
  return Buffer.concat([head, ...records]);
}

/** DNS tells no ports, so replicas on one machine differ by address. */
async function replica(host: string, port: number): Promise<{ server: RpcServer; port: number }> {
  const cafes = [{ cafeId: host, name: host, city: '' }];
  const rpc = createRpcServer({
    host,
    port,
    log,
    callee: 'storage',
    requestMsMax: 2_000,
    implementations: [
      implement(menuStoreService, { ReadCafes: async () => ({ cafes }), ReadMenu: async () => ({ menu: null }) }),
    ],
  });
  servers.push(rpc);
  return { server: rpc, port: await rpc.listen() };
}

function caller(port: number): () => Promise<string> {
  const channel = openChannel('storage', `headless:${NAME}:${port}`);
  channels.push(channel);
  const { ReadCafes } = callerOf(menuStoreService, channel);
  return async () => {
    const ctx = { deadlineAt: Date.now() + 2_000, signal: new AbortController().signal };
    return (await ReadCafes(ctx, {})).cafes?.[0]?.cafeId ?? '';
  };
}

async function answering(ask: () => Promise<string>): Promise<string[]> {
  const names = new Set<string>();
  for (let n = 0; n < 12; n++) names.add(await ask());
  return [...names].sort();
}

describe('a channel to a headless Service', () => {
  it('follows DNS while every connection holds: uses who is added, leaves who is gone, and no call fails', async () => {
    const a = await replica('127.0.0.1', 0);
    await replica('127.0.0.2', a.port);
    addresses = ['127.0.0.1'];
    const ask = caller(a.port);
    expect(await answering(ask)).toEqual(['127.0.0.1']);

    addresses = ['127.0.0.2', '127.0.0.1'];
    await eventually(async () => expect(await answering(ask)).toEqual(['127.0.0.1', '127.0.0.2']));
    addresses = ['127.0.0.2'];
    await eventually(async () => expect(await answering(ask)).toEqual(['127.0.0.2']));
  });

  it.each([
    // DNS          for ms
    ['is silent', 2_500, true], // two questions unanswered
    ['knows nobody', 1_500, false], // one answer
  ])('keeps what it knows while DNS %s', async (_, forMs, isSilent) => {
    const { port } = await replica('127.0.0.1', 0);
    addresses = ['127.0.0.1'];
    const ask = caller(port);
    expect(await answering(ask)).toEqual(['127.0.0.1']);
    [silent, addresses] = [isSilent, []];
    const until = Date.now() + forMs;
    while (Date.now() < until) expect(await ask()).toBe('127.0.0.1');
  });

  it('says which name nobody knows', async () => {
    const failure = await caller(7_021)().then(
      () => Promise.reject(new Error('it did not fail')),
      (thrown: Failure) => thrown,
    );
    expect(failure).toMatchObject({ kind: 'unavailable' });
    expect(String((failure.cause as Error).message)).toContain(NAME);
  });
});
