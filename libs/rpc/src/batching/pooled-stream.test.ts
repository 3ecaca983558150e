/** Calls one after the other on the stream that the first of them made. Those at the same time: batching.test.ts. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Failure } from '@seams/call';
import { menuStoreService } from '@seams/contracts';
import { endingOf, quietLogger, within } from '@seams/testkit';
import {
  type Channel,
  callerOf,
  createRpcServer,
  type Handlers,
  implement,
  openChannel,
  type RpcServer,
} from '../index.ts';

type ReadMenu = Handlers<typeof menuStoreService>['ReadMenu'];

const HOST = '127.0.0.1';
/** Whoever is not answered by then asks on. */
const A_MOMENT_MS = 10;
const ENDS_MS_MAX = 10_000;
const servers: RpcServer[] = [];
const channels: Channel[] = [];
const streams = jest.spyOn(Client.prototype, 'makeBidiStreamRequest');
const alone = jest.spyOn(Client.prototype, 'makeUnaryRequest');

beforeEach(() => {
  streams.mockClear();
  alone.mockClear();
});
afterEach(async () => {
  for (const channel of channels.splice(0)) channel.close();
  await Promise.all(servers.splice(0).map((server) => server.drain(0)));
});

async function serving(ReadMenu: ReadMenu): Promise<number> {
  const implementations = [implement(menuStoreService, { ReadCafes: async () => ({ cafes: [] }), ReadMenu })];
  const server = createRpcServer({
    ...{ callee: 'storage', host: HOST, port: 0, log: quietLogger, requestMsMax: 60_000, implementations },
  });
  servers.push(server);
  return server.listen();
}

/** @returns asks for one menu, and gives what came of it: "ok", or kind and reason of its failure */
function asking(...ports: number[]): () => Promise<string> {
  const channel = openChannel('storage', `ipv4:${ports.map((port) => `${HOST}:${port}`).join()}`);
  channels.push(channel);
  const { ReadMenu } = callerOf(menuStoreService, channel, { batched: ['ReadMenu'] });
  return () => endingOf(ReadMenu(within(60_000), { cafeId: 'harbour' }));
}

const good: ReadMenu = async () => ({ menu: {} });

describe('calls one after the other', () => {
  it('go on one stream for a moment, which then ends well', async () => {
    const ask = asking(await serving(good));
    const asked = 10;
    for (let n = 0; n < asked; n++) expect(await ask()).toBe('ok');
    expect(streams.mock.calls.length).toBeLessThan(asked);
    expect(alone).not.toHaveBeenCalled();
    // Who drains waits for streams to end, and says so when it had to cut one.
    const said = jest.spyOn(quietLogger, 'warn');
    await Promise.all(servers.splice(0).map((server) => server.drain(ENDS_MS_MAX)));
    expect(said).not.toHaveBeenCalled();
  });

  it('leave a stream whose callee answers anything but well, so that the next asks the next replica', async () => {
    const failing = await serving(async () => {
      throw new Failure('unavailable', 'database_down');
    });
    const ask = asking(failing, await serving(good));
    const failed = 'unavailable/database_down';
    const ends: string[] = [];
    while (new Set(ends).size < 2) ends.push(await ask()); // both are connected once both have answered
    const later: string[] = [];
    while (later.filter((end) => end === failed).length < 3) later.push(await ask());
    expect(new Set(later)).toEqual(new Set(['ok', failed]));
    for (const [at, end] of later.slice(1).entries()) if (end === failed) expect(later[at]).toBe('ok');
  });

  it('leave a stream whose callee says nothing, so that the next asks the next replica', async () => {
    let held = 0;
    const silent = await serving(() => {
      held += 1;
      return new Promise(() => undefined);
    });
    const ask = asking(silent, await serving(good));
    let answeredAfterwards = false;
    while (!answeredAfterwards) {
      const before = held;
      const answer = await Promise.race([ask(), sleep(A_MOMENT_MS)]);
      answeredAfterwards = before > 0 && answer === 'ok';
    }
    // The silent one has its calls yet, on a stream that was left.
    expect(streams.mock.calls.length).toBeGreaterThan(1);
  });
});
