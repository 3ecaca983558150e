/** A call over gRPC, on a shared stream, and in one process: equal requests, replies, failures and faults, for each method. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { type CallContext, FAILURES, Failure, type FailureKind, parseFaultPlan, parseWithout } from '@seams/call';
import {
  analyticsService,
  authService,
  menuService,
  menuStoreService,
  orderService,
  orderStoreService,
  walletService,
  walletStoreService,
} from '@seams/contracts';
import { createLogger } from '@seams/telemetry';
import { eventually } from '@seams/testkit';
import { FILLED, REFUSED } from '../test/messages.ts';
import {
  type Channel,
  callerOf,
  type Handlers,
  implement,
  inOneProcess,
  overGrpc,
  type RpcServer,
  type Transport,
} from './index.ts';

type Handler = (ctx: CallContext, request: unknown) => Promise<unknown>;
type AnyCaller = Record<string, Handler>;

const log = createLogger({ service: 'test', process: 'test', logLevel: 'silent' });
const servers: RpcServer[] = [];
const channels: Channel[] = [];
afterEach(async () => {
  for (const channel of channels.splice(0)) channel.close();
  await Promise.all(servers.splice(0).map((server) => server.drain(0)));
});

interface Opened {
  readonly server: RpcServer;
  readonly channel: Channel;
  readonly caller: AnyCaller;
}

interface World {
  readonly name: string;
  transport(): Transport;
  readonly batched?: boolean;
}

const worlds: readonly World[] = [
  { name: 'over gRPC', transport: () => overGrpc },
  { name: 'in one process', transport: inOneProcess },
  { name: 'over gRPC, batched', transport: () => overGrpc, batched: true },
];

async function opened(
  { transport, batched = false }: World,
  definition: object,
  handler: Handler,
  labs = true,
): Promise<Opened> {
  const own = transport();
  const handlers = Object.fromEntries(Object.keys(definition).map((name) => [name, handler]));
  const server = own.serve({
    callee: 'storage',
    host: '127.0.0.1',
    port: 0,
    log,
    requestMsMax: 2_000,
    labs,
    implementations: [implement(definition, handlers as unknown as Handlers<object>)],
  });
  servers.push(server);
  const channel = own.open('storage', `ipv4:127.0.0.1:${await server.listen()}`);
  channels.push(channel);
  return {
    server,
    channel,
    caller: callerOf(definition, channel, {
      batched: (batched ? Object.keys(definition) : []) as never[],
    }) as AnyCaller,
  };
}

const within = (ms: number, more: Partial<CallContext> = {}): CallContext => ({
  deadlineAt: Date.now() + ms,
  signal: new AbortController().signal,
  ...more,
});

/** What one call came to, as far as its caller can tell. */
const told = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    (reply) => ({ reply }),
    (thrown: unknown) => {
      const { kind, reason, message, retryAfterMs, at } = thrown as Failure;
      return { class: (thrown as Failure).name, kind, reason, message, retryAfterMs, at };
    },
  );

/** The same in all worlds, side by side. */
async function inAll(play: (world: World) => Promise<unknown>): Promise<[unknown, ...unknown[]]> {
  return (await Promise.all(worlds.map(play))) as [unknown, ...unknown[]];
}

const all = {
  analyticsService,
  authService,
  menuService,
  menuStoreService,
  orderService,
  orderStoreService,
  walletService,
  walletStoreService,
};
const methods = Object.entries(all).flatMap(([service, definition]) =>
  Object.keys(definition).map((method) => [`${service}.${method}`, definition as object, method] as const),
);

describe('each method', () => {
  it.each(methods)('%s brings its callee the same request and its caller the same reply', async (_, of, method) => {
    for (const message of [{}, FILLED, REFUSED]) {
      const [grpc, ...others] = await inAll(async (world) => {
        const seen: unknown[] = [];
        const { caller } = await opened(world, of, async (__, request) => {
          seen.push(request);
          return message;
        });
        return { ended: await told(caller[method]?.(within(2_000), message) as Promise<unknown>), seen };
      });
      for (const other of others) expect(other).toEqual(grpc);
      expect(grpc).toMatchObject({ ended: { reply: expect.anything() }, seen: [expect.anything()] });
    }
  });

  it('shares nothing: what a callee does to its request is not seen by its caller', async () => {
    const request = { key: { key: 'k' }, placed: { lines: [{ itemId: 'a' }] } };
    const { caller } = await opened(worlds[1] as World, orderStoreService, async (_, received) => {
      (received as typeof request).placed.lines.length = 0;
      return {};
    });
    await caller.CommitOrder?.(within(1_000), request);
    expect(request.placed.lines).toHaveLength(1);
  });
});

describe('each failure', () => {
  const thrown: readonly (readonly [string, unknown])[] = [
    ...(Object.keys(FAILURES) as FailureKind[]).map(
      (kind) => [kind, new Failure(kind, `because_${kind}`, 'Für Menschen: 100 %.')] as const,
    ),
    [
      'with its time and place',
      new Failure('overloaded', 'full', undefined, { retryAfterMs: 1_500.2, at: 'postgres' }),
    ],
    ['a bug', new TypeError('password hunter2')],
    ['no error at all', 'text'],
  ];
  it.each(thrown)('%s is told alike', async (_, error) => {
    const [grpc, ...others] = await inAll(async (world) => {
      const { caller } = await opened(world, menuService, () => Promise.reject(error));
      return told(caller.GetMenu?.(within(2_000), {}) as Promise<unknown>);
    });
    for (const other of others) expect(other).toEqual(grpc);
    expect(grpc).toMatchObject({ class: 'Failure' });
    expect(JSON.stringify([grpc, others])).not.toContain('hunter2');
  });

  it('of a reply that is no such message is told alike', async () => {
    const [grpc, ...others] = await inAll(async (world) => {
      const { caller } = await opened(world, menuService, async () => ({ menu: 'not a menu' }));
      return told(caller.GetMenu?.(within(2_000), {}) as Promise<unknown>);
    });
    for (const other of others) expect(other).toEqual(grpc);
    expect(grpc).toMatchObject({ kind: 'bug', reason: 'callee_broke' });
  });
});

describe.each(worlds)('$name', (world) => {
  /** A callee that waits until it is let go, and tells what it hears meanwhile. */
  async function waiting() {
    const [began, heard, go] = [0, 1, 2].map(() => Promise.withResolvers<void>()) as [Gate, Gate, Gate];
    const made = await opened(world, menuService, async (ctx) => {
      ctx.signal.addEventListener('abort', () => heard.resolve());
      began.resolve();
      await go.promise;
      return {};
    });
    return { ...made, began: began.promise, heard: heard.promise, go: go.resolve };
  }
  type Gate = PromiseWithResolvers<void>;

  it('ends a call by its deadline, and the callee hears of it', async () => {
    const { caller, heard, go } = await waiting();
    const ended = await told(caller.GetMenu?.(within(1_500), {}) as Promise<unknown>); // time enough to get there
    expect(ended).toMatchObject({ kind: 'timed_out', reason: 'deadline_passed' });
    await heard;
    go();
  });

  it('ends a call whose caller goes away, and the callee hears of it', async () => {
    const { caller, began, heard, go } = await waiting();
    const gone = new AbortController();
    const ended = told(caller.GetMenu?.(within(5_000, { signal: gone.signal }), {}) as Promise<unknown>);
    await began;
    gone.abort();
    expect(await ended).toMatchObject({ kind: 'cancelled', reason: 'caller_gone' });
    await heard;
    go();
  });

  it('hands a callee the sooner of both deadlines', async () => {
    const left: number[] = [];
    const { caller } = await opened(world, menuService, async ({ deadlineAt }) => {
      left.push(deadlineAt - Date.now());
      return {};
    });
    await caller.GetMenu?.(within(1_500), {});
    await caller.GetMenu?.(within(60_000), {});
    expect(left.map((ms) => ms > 0)).toEqual([true, true]);
    expect(left[0]).toBeLessThanOrEqual(1_500);
    expect(left[1]).toBeLessThanOrEqual(2_000);
  });

  it('finishes what is in flight when it drains, takes nothing new, and cuts what is left', async () => {
    const first = await waiting();
    const inFlight = told(first.caller.GetMenu?.(within(5_000), {}) as Promise<unknown>);
    await first.began;
    const drained = first.server.drain(5_000);
    // A shared stream goes on for a moment: its calls are part of what is in flight.
    await eventually(async () => {
      const late = await told(first.caller.GetMenu?.(within(200), {}) as Promise<unknown>);
      expect(late).toMatchObject({ kind: 'unavailable', reason: 'callee_unreachable' });
    });
    first.go();
    expect(await inFlight).toHaveProperty('reply');
    await drained;

    const second = await waiting();
    const cut = told(second.caller.GetMenu?.(within(5_000), {}) as Promise<unknown>);
    await second.began;
    await second.server.drain(0);
    expect(await cut).toMatchObject({ kind: 'timed_out', reason: 'reply_lost' });
    second.go();
  });

  it('says whether it serves', async () => {
    const { server, channel } = await opened(world, menuService, async () => ({}));
    const { signal } = new AbortController();
    await expect(channel.check(signal)).rejects.toMatchObject({ reason: 'not_serving' });
    server.setServing(true);
    await channel.check(signal);
  });

  it.each([
    // plan                                       ends as      calls that got through
    ['storage.GetMenu=drop-request', 'reply_lost', 0],
    ['storage.GetMenu=drop-reply', 'reply_lost', 1],
    ['storage.GetMenu=duplicate', 'done', 2],
    ['storage.GetMenu=delay:60000', 'deadline_passed', 0],
    ['storage.GetMenu=error:overloaded', 'injected_fault', 0],
    ['storage.PlaceOrder=drop-reply', 'done', 1],
    ['storage.GetMenu=drop-request/server', 'deadline_passed', 0],
    ['storage.GetMenu=drop-reply/server', 'deadline_passed', 1],
    ['storage.GetMenu=duplicate/server', 'done', 2],
    ['storage.GetMenu=error:overloaded/server', 'injected_fault', 0],
    // Struck once for each call that comes, not once for both.
    ['storage.GetMenu=duplicate; storage.GetMenu=error:overloaded/server*1', 'injected_fault', 0],
  ])('plays the fault %s: %s, with %d calls at the callee', async (text, end, calls) => {
    const seen: unknown[] = [];
    const { caller } = await opened(world, menuService, async ({ faults, without }) => {
      seen.push([faults?.text, [...(without ?? [])]]);
      return {};
    });
    const lab = { faults: parseFaultPlan(text), without: parseWithout('idempotency,outbox') };
    // Only one that gets nowhere may run out of time on its way.
    const waitsMs = end === 'deadline_passed' && calls === 0 ? 400 : 1_500;
    const ended = await told(caller.GetMenu?.(within(waitsMs, lab), {}) as Promise<unknown>);
    expect((ended as { reason?: string }).reason ?? 'done').toBe(end);
    expect(seen).toEqual(Array.from({ length: calls }, () => [text, ['idempotency', 'outbox']]));
  });

  it('knows no faults where there are no labs', async () => {
    const seen: unknown[] = [];
    const handler: Handler = async ({ faults, without }) => {
      seen.push(faults, without);
      return {};
    };
    const { caller } = await opened(world, menuService, handler, false);
    const lab = { faults: parseFaultPlan('storage.GetMenu=error:bug/server'), without: parseWithout('outbox') };
    await caller.GetMenu?.(within(1_000, lab), {});
    expect(seen).toEqual([undefined, undefined]);
  });
});
