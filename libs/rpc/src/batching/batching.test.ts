/** What several calls share by leaving in one message, and what each keeps. One alone: direct.test.ts; one after another: kept-stream.test.ts. */
import { createServer, type Socket } from 'node:net';
import { Client, Server, ServerCredentials, type ServiceDefinition } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type CallContext, Failure, parseFaultPlan, parseWithout } from '@seams/call';
import { batchService, menuStoreService, type ReadMenuRequest } from '@seams/contracts';
import { createLogger } from '@seams/telemetry';
import { type Channel, callerOf, createRpcServer, implement, openChannel, type RpcServer } from '../index.ts';

const log = createLogger({ service: 'test', process: 'test', logLevel: 'silent' });
const HOST = '127.0.0.1';
/** Far less than what the stuck one has. */
const SOON_MS = 5_000;

type ReadMenu = (ctx: CallContext, request: ReadMenuRequest) => Promise<{ menu: object }>;
type Caller = ReturnType<typeof calling>;

const servers: RpcServer[] = [];
const channels: Channel[] = [];
const streams = jest.spyOn(Client.prototype, 'makeBidiStreamRequest');
const alone = jest.spyOn(Client.prototype, 'makeUnaryRequest');
const messages = jest.spyOn(batchService.Call, 'requestSerialize');

beforeEach(() => {
  streams.mockClear();
  alone.mockClear();
  messages.mockClear();
});
afterEach(async () => {
  for (const channel of channels.splice(0)) channel.close();
  await Promise.all(servers.splice(0).map((server) => server.drain(0)));
});

async function serving(ReadMenu: ReadMenu): Promise<{ server: RpcServer; port: number }> {
  const implementations = [implement(menuStoreService, { ReadCafes: async () => ({ cafes: [] }), ReadMenu })];
  const server = createRpcServer({
    ...{ callee: 'storage', host: HOST, port: 0, log, requestMsMax: 60_000, labs: true, implementations },
  });
  servers.push(server);
  return { server, port: await server.listen() };
}

function calling(...ports: number[]) {
  const channel = openChannel('storage', `ipv4:${ports.map((port) => `${HOST}:${port}`).join()}`);
  channels.push(channel);
  return callerOf(menuStoreService, channel, { repeatable: true, batched: ['ReadMenu'] });
}

const within = (ms: number, more: Partial<CallContext> = {}): CallContext => ({
  deadlineAt: Date.now() + ms,
  signal: new AbortController().signal,
  ...more,
});
const echo: ReadMenu = async (_, { cafeId }) => ({ menu: { cafe: { cafeId } } });
const ask = (caller: Caller, cafeId: string, ctx = within(60_000)): Promise<unknown> =>
  caller.ReadMenu(ctx, { cafeId }).then(
    ({ menu }) => menu?.cafe?.cafeId,
    (thrown: unknown) => (thrown instanceof Failure ? thrown.reason : thrown),
  );
const askAll = (caller: Caller, cafeIds: readonly string[]): Promise<unknown[]> =>
  Promise.all(cafeIds.map((cafeId) => ask(caller, cafeId)));

/** A callee that waits with whom it is told to; what it began and what it heard, by café. */
function patient() {
  const gates = new Map<string, PromiseWithResolvers<void>>();
  const began = new Map<string, PromiseWithResolvers<void>>();
  const asked: string[] = [];
  const heard: string[] = [];
  const of = (map: typeof gates, cafeId: string) => {
    const one = map.get(cafeId) ?? Promise.withResolvers<void>();
    map.set(cafeId, one);
    return one;
  };
  const ReadMenu: ReadMenu = async (ctx, { cafeId }) => {
    asked.push(cafeId);
    of(began, cafeId).resolve();
    ctx.signal.addEventListener('abort', () => heard.push(cafeId));
    if (cafeId.startsWith('slow')) await of(gates, cafeId).promise;
    return { menu: { cafe: { cafeId } } };
  };
  return {
    ReadMenu,
    asked,
    heard,
    began: (cafeId: string) => of(began, cafeId).promise,
    go: (cafeId: string) => of(gates, cafeId).resolve(),
  };
}

describe('calls of one turn', () => {
  it('leave in one message, and each has its own answer', async () => {
    const { port } = await serving(echo);
    expect(await askAll(calling(port), ['a', 'b', 'c'])).toEqual(['a', 'b', 'c']);
    expect([streams.mock.calls.length, alone.mock.calls.length]).toEqual([1, 0]);
  });

  it('fail each by itself', async () => {
    const { port } = await serving(async (_, { cafeId }) => {
      if (cafeId === 'refused') throw new Failure('rejected', 'not_enough_money');
      if (cafeId === 'bug') throw new TypeError('password hunter2');
      // Not such a message: nobody can write it down.
      return { menu: cafeId === 'nonsense' ? ('text' as unknown as object) : { cafe: { cafeId } } };
    });
    const asked = ['a', 'refused', 'bug', 'nonsense', 'b'];
    expect(await askAll(calling(port), asked)).toEqual(['a', 'not_enough_money', 'unexpected', 'callee_broke', 'b']);
    expect(streams).toHaveBeenCalledTimes(1);
  });

  it('are as many messages as the bound on bytes makes them, and one that is larger leaves alone', async () => {
    const { port } = await serving(echo);
    const large = ['a', 'b', 'c'].map((letter) => letter.repeat(60_000));
    expect(await askAll(calling(port), large)).toEqual(large);
    expect(messages).toHaveBeenCalledTimes(2);

    const tooLarge = 'd'.repeat(140_000);
    expect(await askAll(calling(port), ['a', tooLarge])).toEqual(['a', tooLarge]);
    expect([messages.mock.calls.length, alone.mock.calls.length]).toEqual([3, 1]);
  });

  it('do not fail of one whose answer is too large', async () => {
    const { port } = await serving(async (_, { cafeId }) => ({ menu: { cafe: { cafeId: cafeId.repeat(300_000) } } }));
    expect(await askAll(calling(port), ['a', ''])).toEqual(['callee_overloaded', '']);
  });

  it('go one by one to a callee that knows no such message, each once', async () => {
    const seen: string[] = [];
    const older = new Server();
    older.addService(menuStoreService as unknown as ServiceDefinition, {
      ReadCafes: () => undefined,
      ReadMenu: ({ request }: { request: ReadMenuRequest }, answer: (error: null, reply: object) => void) => {
        seen.push(request.cafeId);
        answer(null, { menu: { cafe: { cafeId: request.cafeId } } });
      },
    });
    const port = await new Promise<number>((resolve, reject) => {
      older.bindAsync(`${HOST}:0`, ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      );
    });
    expect(await askAll(calling(port), ['a', 'b'])).toEqual(['a', 'b']);
    expect(seen.sort()).toEqual(['a', 'b']);
    older.forceShutdown();
  });

  it.each([
    ['a fault plan', { faults: parseFaultPlan('storage.ReadMenu=delay:1') }],
    ['a pattern to do without', { without: parseWithout('idempotency') }],
  ])('have none with %s among them', async (_, lab) => {
    const { port } = await serving(echo);
    const caller = calling(port);
    const [plain, other, broken] = [ask(caller, 'a'), ask(caller, 'b'), ask(caller, 'c', within(60_000, lab))];
    expect(await Promise.all([plain, other, broken])).toEqual(['a', 'b', 'c']);
    expect([streams.mock.calls.length, alone.mock.calls.length]).toEqual([1, 1]);
  });
});

describe('calls that come while others are under way', () => {
  it('do not wait for one that is never answered', async () => {
    const callee = patient();
    const { port } = await serving(callee.ReadMenu);
    const caller = calling(port);
    const gone = new AbortController();
    const stuck = ask(caller, 'slow', within(60_000, { signal: gone.signal }));
    await callee.began('slow');
    const ctx = within(SOON_MS);
    expect(await Promise.all([ask(caller, 'a', ctx), ask(caller, 'b', ctx)])).toEqual(['a', 'b']);
    gone.abort();
    expect(await stuck).toBe('caller_gone');
  });

  it('are answered although one in the same message is not', async () => {
    const callee = patient();
    const { port } = await serving(callee.ReadMenu);
    const caller = calling(port);
    const [slow, quick] = [ask(caller, 'slow'), ask(caller, 'quick')];
    expect(await quick).toBe('quick');
    callee.go('slow');
    expect(await slow).toBe('slow');
    expect(streams).toHaveBeenCalledTimes(1);
  });

  it('are never sent when nobody waits any more', async () => {
    const callee = patient();
    const { port } = await serving(callee.ReadMenu);
    const caller = calling(port);
    const gone = new AbortController();
    const given = ask(caller, 'a', within(60_000, { signal: gone.signal }));
    gone.abort();
    expect(await given).toBe('caller_gone');
    expect(await ask(caller, 'b')).toBe('b');
    expect(callee.asked).toEqual(['b']);
  });
});

describe('one call of a message', () => {
  async function twoUnderWay(ctx: CallContext) {
    const callee = patient();
    const { port } = await serving(callee.ReadMenu);
    const caller = calling(port);
    const [one, other] = [ask(caller, 'slow one', ctx), ask(caller, 'slow other')];
    await Promise.all([callee.began('slow one'), callee.began('slow other')]);
    expect(streams).toHaveBeenCalledTimes(1);
    const heardOfOne = async (): Promise<void> => {
      while (callee.heard.length === 0) await new Promise(setImmediate);
      expect(callee.heard).toEqual(['slow one']);
      callee.go('slow other');
      expect(await other).toBe('slow other');
    };
    return { one, heardOfOne };
  }

  it('ends by its own deadline, and the callee hears of that one', async () => {
    const { one, heardOfOne } = await twoUnderWay(within(1_000));
    expect(await one).toBe('deadline_passed');
    await heardOfOne();
  });

  it('ends when its caller goes away, and the callee hears of that one', async () => {
    const gone = new AbortController();
    const { one, heardOfOne } = await twoUnderWay(within(60_000, { signal: gone.signal }));
    gone.abort();
    expect(await one).toBe('caller_gone');
    await heardOfOne();
  });

  it('has its own deadline at the callee', async () => {
    const left = new Map<string, number>();
    const { port } = await serving(async (ctx, { cafeId }) => {
      left.set(cafeId, ctx.deadlineAt - Date.now());
      return { menu: {} };
    });
    const { ReadMenu } = calling(port);
    await Promise.all([
      ReadMenu(within(20_000), { cafeId: 'short' }),
      ReadMenu(within(40_000), { cafeId: 'long' }),
      ReadMenu({ ...within(0), deadlineAt: Number.POSITIVE_INFINITY }, { cafeId: 'none' }),
    ]);
    expect(left.get('short')).toBeLessThanOrEqual(20_000);
    expect(left.get('short')).toBeGreaterThan(0);
    expect(left.get('long')).toBeGreaterThan(20_000);
    expect(left.get('none')).toBeGreaterThan(40_000);
  });
});

describe('a message whose connection breaks', () => {
  it('may have been done, each of its calls, and each by itself is sent once more', async () => {
    const seen: string[] = [];
    const broken = Promise.withResolvers<void>();
    const sockets: Socket[] = [];
    const silent = await serving((_, { cafeId }) => {
      seen.push(cafeId);
      if (seen.length === 2) broken.resolve();
      return new Promise(() => undefined);
    });
    const between = createServer((client) => {
      const upstream = new (client.constructor as typeof Socket)().connect(silent.port, HOST);
      sockets.push(client, upstream);
      client.on('error', () => undefined).pipe(upstream);
      upstream.on('error', () => undefined).pipe(client);
    });
    await new Promise<void>((resolve) => between.listen(0, HOST, resolve));
    const { port } = between.address() as { port: number };
    const caller = calling(port);
    const failing = askAll(caller, ['a', 'b']);
    await broken.promise;
    between.close();
    for (const socket of sockets) socket.resetAndDestroy();
    // Nobody is there: the second attempt was not done, so what counts is how the first one ended.
    expect(await failing).toEqual(['reply_lost', 'reply_lost']);
    expect(seen).toEqual(['a', 'b']);
  });
});
