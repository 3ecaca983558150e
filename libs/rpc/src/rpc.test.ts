import { createServer, type Socket } from 'node:net';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { type CallContext, FAILURES, Failure, type FailureKind, parseFaultPlan } from '@seams/call';
import { menuStoreService, type ReadMenuRequest } from '@seams/contracts';
import { createLogger, firedFaults } from '@seams/telemetry';
import { type Channel, callerOf, createRpcServer, implement, openChannel, type RpcServer } from './index.ts';

const log = createLogger({ service: 'test', process: 'test', logLevel: 'silent' });
const within = (ms: number, signal = new AbortController().signal): CallContext => ({
  deadlineAt: Date.now() + ms,
  signal,
});
const open: { drain(ms: number): Promise<void> }[] = [];
const channels: Channel[] = [];

type ReadMenu = (ctx: CallContext, request: ReadMenuRequest) => Promise<{ menu: null }>;

async function serving(ReadMenu: ReadMenu, requestMsMax = 2_000): Promise<{ server: RpcServer; port: number }> {
  const server = createRpcServer({
    callee: 'storage',
    host: '127.0.0.1',
    port: 0,
    log,
    requestMsMax,
    labs: true,
    implementations: [implement(menuStoreService, { ReadCafes: async () => ({ cafes: [] }), ReadMenu })],
  });
  open.push(server);
  return { server, port: await server.listen() };
}

function calling(port: number) {
  const channel = openChannel('storage', `ipv4:127.0.0.1:${port}`);
  channels.push(channel);
  return { channel, ...callerOf(menuStoreService, channel) };
}

const failureOf = (work: Promise<unknown>): Promise<Failure> =>
  work.then(
    (value) => new Failure('bug', `no failure: ${JSON.stringify(value)}`),
    (error: unknown) => (error instanceof Failure ? error : new Failure('bug', `not a Failure: ${String(error)}`)),
  );

afterEach(async () => {
  for (const channel of channels.splice(0)) channel.close();
  await Promise.all(open.splice(0).map((server) => server.drain(100)));
});
afterAll(() => expect(open).toHaveLength(0));

describe('a failure over a real socket', () => {
  it.each(Object.keys(FAILURES).filter((kind) => kind !== 'bug') as FailureKind[])(
    'of kind %s arrives as itself',
    async (kind) => {
      const { port } = await serving(() =>
        Promise.reject(new Failure(kind, `because_${kind}`, 'Für Menschen: 100 %.')),
      );
      const failure = await failureOf(calling(port).ReadMenu(within(2_000), { cafeId: 'x' }));
      expect({ kind: failure.kind, reason: failure.reason, message: failure.message }).toEqual({
        kind,
        reason: `because_${kind}`,
        message: 'Für Menschen: 100 %.',
      });
    },
  );

  it('says when to come again, and whose it is', async () => {
    const told = { retryAfterMs: 1_500, at: 'postgres' };
    const { port } = await serving(() => Promise.reject(new Failure('overloaded', 'full', undefined, told)));
    expect(await failureOf(calling(port).ReadMenu(within(2_000), { cafeId: 'x' }))).toMatchObject(told);
  });

  it('that is a bug keeps its text to itself', async () => {
    const { port } = await serving(() => Promise.reject(new TypeError('password hunter2')));
    const failure = await failureOf(calling(port).ReadMenu(within(2_000), { cafeId: 'x' }));
    expect(failure.kind).toBe('bug');
    expect(failure.message).not.toContain('hunter2');
  });
});

describe('a call whose callee', () => {
  it('is not there was certainly not done', async () => {
    const { server, port } = await serving(async () => ({ menu: null }));
    await server.drain(0);
    const failure = await failureOf(calling(port).ReadMenu(within(2_000), { cafeId: 'x' }));
    expect([failure.kind, failure.reason]).toEqual(['unavailable', 'callee_unreachable']);
  });

  it('breaks the connection in the middle may have been done', async () => {
    const sockets: Socket[] = [];
    const began = Promise.withResolvers<void>();
    const { port } = await serving(() => {
      began.resolve();
      return new Promise(() => undefined);
    });
    const between = createServer((client) => {
      const upstream = new (client.constructor as typeof Socket)().connect(port, '127.0.0.1');
      sockets.push(client, upstream);
      client.on('error', () => undefined).pipe(upstream);
      upstream.on('error', () => undefined).pipe(client);
    });
    await new Promise<void>((resolve) => between.listen(0, '127.0.0.1', resolve));
    const address = between.address() as { port: number };

    const failing = failureOf(calling(address.port).ReadMenu(within(5_000), { cafeId: 'x' }));
    await began.promise;
    for (const socket of sockets) socket.resetAndDestroy();
    const failure = await failing;
    between.close();
    expect([failure.kind, failure.reason]).toEqual(['timed_out', 'reply_lost']);
  });

  it('is cut off in the middle may have been done', async () => {
    const began = Promise.withResolvers<void>();
    const { server, port } = await serving(() => {
      began.resolve();
      return new Promise(() => undefined);
    });
    const failing = failureOf(calling(port).ReadMenu(within(5_000), { cafeId: 'x' }));
    await began.promise;
    await server.drain(0);
    const failure = await failing;
    expect([failure.kind, failure.reason]).toEqual(['timed_out', 'reply_lost']);
  });

  it('is too slow ends by its deadline, and the callee hears of it', async () => {
    const heard = Promise.withResolvers<void>();
    const { port } = await serving((ctx) => {
      ctx.signal.addEventListener('abort', () => heard.resolve());
      return new Promise(() => undefined);
    });
    const failure = await failureOf(calling(port).ReadMenu(within(1_500), { cafeId: 'x' })); // time enough to get there
    expect(failure.kind).toBe('timed_out');
    await heard.promise;
  });

  it('is called for someone who went away hears of that too', async () => {
    const heard = Promise.withResolvers<void>();
    const began = Promise.withResolvers<void>();
    const { port } = await serving((ctx) => {
      ctx.signal.addEventListener('abort', () => heard.resolve());
      began.resolve();
      return new Promise(() => undefined);
    });
    const caller = new AbortController();
    const failing = failureOf(calling(port).ReadMenu(within(5_000, caller.signal), { cafeId: 'x' }));
    await began.promise;
    caller.abort();
    expect((await failing).kind).toBe('cancelled');
    await heard.promise;
  });
});

describe('a deadline', () => {
  it('of the caller reaches the callee, and the callee’s own bound wins when it is sooner', async () => {
    const left: number[] = [];
    const given: number[] = [];
    const { port } = await serving(async (ctx) => {
      left.push(ctx.deadlineAt - Date.now());
      given.push(ctx.deadlineAt - sentAt); // whatever the way there took
      return { menu: null };
    }, 2_000);
    const { ReadMenu } = calling(port);
    const sentAt = Date.now();
    await ReadMenu(within(1_500), { cafeId: 'x' });
    await ReadMenu(within(60_000), { cafeId: 'x' });
    expect(given[0]).toBeGreaterThan(1_200);
    expect(left[0]).toBeLessThanOrEqual(1_500);
    expect(left[1]).toBeGreaterThan(1_700);
    expect(left[1]).toBeLessThanOrEqual(2_000);
  });

  it('that has passed starts no call', async () => {
    let calls = 0;
    const { port } = await serving(async () => {
      calls++;
      return { menu: null };
    });
    const failure = await failureOf(Promise.resolve().then(() => calling(port).ReadMenu(within(-1), { cafeId: 'x' })));
    expect(failure.kind).toBe('timed_out');
    expect(calls).toBe(0);
  });
});

describe('a fault plan', () => {
  const withFaults = (text: string): CallContext => ({ ...within(2_000), faults: parseFaultPlan(text) });
  const fired = (): number => firedFaults().reduce((sum, { value }) => sum + value, 0);

  async function counting() {
    const seen: string[] = [];
    const { port } = await serving(async (ctx) => {
      seen.push(ctx.faults?.text ?? 'no plan');
      return { menu: null };
    });
    return { seen, ReadMenu: calling(port).ReadMenu };
  }

  it.each([
    // plan                                       ends as      calls that got through
    ['storage.ReadMenu=drop-request', 'reply_lost', 0],
    ['storage.ReadMenu=drop-reply', 'reply_lost', 1],
    ['storage.ReadMenu=duplicate', 'done', 2],
    ['storage.ReadMenu=delay:30', 'done', 1],
    ['storage.ReadMenu=delay:60000', 'deadline_passed', 0],
    ['storage.ReadMenu=error:overloaded', 'injected_fault', 0],
    ['storage.CommitOrder=drop-reply', 'done', 1],
    ['auth.ReadMenu=drop-reply', 'done', 1],
    ['storage.ReadMenu=drop-request/server', 'deadline_passed', 0],
    ['storage.ReadMenu=drop-reply/server', 'deadline_passed', 1],
    ['storage.ReadMenu=duplicate/server', 'done', 2],
    ['storage.ReadMenu=delay:30/server', 'done', 1],
    ['storage.ReadMenu=error:overloaded/server', 'injected_fault', 0],
  ])('%s ends as %s, with %d calls at the callee', async (text, end, calls) => {
    const { seen, ReadMenu } = await counting();
    const before = fired();
    // Only one that gets nowhere may run out of time on its way.
    const waitsMs = end === 'deadline_passed' && calls === 0 ? 500 : 1_500;
    const ended = await ReadMenu({ ...withFaults(text), deadlineAt: Date.now() + waitsMs }, { cafeId: 'x' }).then(
      () => 'done',
      (error: unknown) => (error as Failure).reason,
    );
    expect([ended, seen.length]).toEqual([end, calls]);
    expect(fired() - before).toBe(text.startsWith('storage.ReadMenu=') ? 1 : 0);
  });

  it('goes on to the next hop, and shows the caller a lost request and a lost reply alike', async () => {
    const { seen, ReadMenu } = await counting();
    await ReadMenu(withFaults('analytics.GetCafeReport=duplicate'), { cafeId: 'x' });
    expect(seen).toEqual(['analytics.GetCafeReport=duplicate']);
    const [lostRequest, lostReply] = await Promise.all(
      ['drop-request', 'drop-reply'].map((fault) =>
        failureOf(ReadMenu(withFaults(`storage.ReadMenu=${fault}`), { cafeId: 'x' })),
      ),
    );
    expect([lostReply?.kind, lostReply?.reason, lostReply?.message]).toEqual([
      lostRequest?.kind,
      lostRequest?.reason,
      lostRequest?.message,
    ]);
  });

  it('does not exist for a server without labs', async () => {
    const seen: unknown[] = [];
    const ReadMenu: ReadMenu = async (ctx) => {
      seen.push(ctx.faults);
      return { menu: null };
    };
    const implementations = [implement(menuStoreService, { ReadCafes: async () => ({ cafes: [] }), ReadMenu })];
    const server = createRpcServer({
      callee: 'storage',
      host: '127.0.0.1',
      port: 0,
      log,
      requestMsMax: 2_000,
      implementations,
    });
    open.push(server);
    await calling(await server.listen()).ReadMenu(withFaults('storage.CommitOrder=drop-reply'), { cafeId: 'x' });
    expect(seen).toEqual([undefined]);
  });
});

describe('a server that drains', () => {
  it('finishes what is in flight and takes nothing new', async () => {
    const go = Promise.withResolvers<void>();
    const began = Promise.withResolvers<void>();
    const { server, port } = await serving(async () => {
      began.resolve();
      await go.promise;
      return { menu: null };
    });
    const { ReadMenu } = calling(port);
    const inFlight = ReadMenu(within(5_000), { cafeId: 'x' });
    await began.promise;
    const drained = server.drain(5_000);
    const late = await failureOf(ReadMenu(within(1_000), { cafeId: 'x' }));
    go.resolve();
    expect(await inFlight).toEqual({ menu: null });
    await drained;
    expect(late.kind).toBe('unavailable');
  });

  it('says so to the standard health check', async () => {
    const { server, port } = await serving(async () => ({ menu: null }));
    const { channel } = calling(port);
    const signal = new AbortController().signal;
    await expect(channel.check(signal)).rejects.toMatchObject({ reason: 'not_serving' });
    server.setServing(true);
    await channel.check(signal);
  });
});
