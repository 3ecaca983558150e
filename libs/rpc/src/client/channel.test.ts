/** What a channel does about replicas that accept and say nothing, that freeze, and that fail whatever they are asked. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type CallContext, Failure } from '@seams/call';
import { menuStoreService } from '@seams/contracts';
import { createLogger } from '@seams/telemetry';
import { eventually } from '@seams/testkit';
import {
  type CallsOptions,
  type Channel,
  callerOf,
  createRpcServer,
  implement,
  openChannel,
  type RpcServer,
} from '../index.ts';

const log = createLogger({ service: 'test', process: 'test', logLevel: 'silent' });
const TEST_MS_MAX = 30_000;
const servers: RpcServer[] = [];
const channels: Channel[] = [];
const tcp: Gate[] = [];
afterEach(async () => {
  for (const channel of channels.splice(0)) channel.close();
  for (const gate of tcp.splice(0)) gate.close();
  await Promise.all(servers.splice(0).map((server) => server.drain(100)));
});

interface Replica {
  readonly port: number;
  fails: boolean;
  calls: number;
}

/** A replica that answers with its own name, or fails. */
async function replica(name: string, at = 0): Promise<Replica> {
  const it = { port: at, fails: false, calls: 0 };
  const server = createRpcServer({
    host: '127.0.0.1',
    port: at,
    log,
    callee: 'storage',
    requestMsMax: 10_000,
    implementations: [
      implement(menuStoreService, {
        ReadCafes: async () => {
          it.calls += 1;
          if (it.fails) throw new Failure('unavailable', 'database_down', 'The database cannot be reached.');
          return { cafes: [{ cafeId: name, name, city: '' }] };
        },
        ReadMenu: async () => ({ menu: null }),
      }),
    ],
  });
  servers.push(server);
  it.port = await server.listen();
  return it;
}

/**
 * Accepts connections and passes on what comes, until it is frozen; then it still accepts, and says nothing. One that
 * leads nowhere never says anything.
 */
class Gate {
  readonly #server: Server;
  readonly #pairs: [Socket, Socket | undefined][] = [];
  #frozen = false;

  constructor(to: number | undefined) {
    this.#server = createServer((incoming) => {
      const outgoing = to === undefined ? undefined : connect(to, '127.0.0.1');
      this.#pairs.push([incoming, outgoing]);
      for (const socket of [incoming, outgoing]) {
        socket?.on('error', () => undefined); // the other end broke it
        socket?.on('close', () => [incoming, outgoing].map((end) => end?.destroy()));
      }
      incoming.on('data', (bytes) => outgoing?.write(bytes));
      outgoing?.on('data', (bytes) => incoming.write(bytes));
      if (this.#frozen) this.freeze();
    });
    tcp.push(this);
  }

  async listen(): Promise<number> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  freeze(): void {
    this.#frozen = true;
    for (const end of this.#pairs.flat()) end?.pause();
  }

  thaw(): void {
    this.#frozen = false;
    for (const end of this.#pairs.flat()) end?.resume();
  }

  /** Nobody listens here from now on; connections stay as they are, open and silent. */
  async vanish(): Promise<void> {
    this.#server.close();
    await eventually(() => expect(this.#server.listening).toBe(false));
  }

  get open(): number {
    return this.#pairs.filter(([incoming]) => !incoming.destroyed).length;
  }

  close(): void {
    this.#server.close();
    for (const end of this.#pairs.flat()) end?.destroy();
  }
}

function askerOf(...ports: number[]): (ms?: number) => Promise<string> {
  return askerWith({}, ...ports);
}

function askerWith(options: CallsOptions, ...ports: number[]): (ms?: number) => Promise<string> {
  const channel = openChannel('storage', `ipv4:${ports.map((port) => `127.0.0.1:${port}`).join()}`, log);
  channels.push(channel);
  const { ReadCafes } = callerOf(menuStoreService, channel, options);
  return async (ms = 1_000) => {
    const ctx: CallContext = { deadlineAt: Date.now() + ms, signal: new AbortController().signal };
    return (await ReadCafes(ctx, {})).cafes?.[0]?.cafeId ?? '';
  };
}

async function answering(ask: () => Promise<string>, calls = 8): Promise<string[]> {
  const names = new Set<string>();
  for (let n = 0; n < calls; n++) names.add(await ask().catch((failure: Failure) => failure.reason));
  return [...names].sort();
}

const secondsSince = (at: number): number => (performance.now() - at) / 1_000;

describe('a channel', () => {
  it(
    'that connects to a silent peer gives it up after 5 s, and closes what it left',
    async () => {
      const silent = new Gate(undefined);
      const port = await silent.listen();
      const ask = askerOf(port);
      const failure = await ask(500).catch((thrown: Failure) => thrown);
      expect(failure).toMatchObject({ kind: 'timed_out', reason: 'deadline_passed' });
      // From here on a good one stands there; the connection to the silent one stays open, and no word comes over it.
      await silent.vanish();
      await replica('healed', port);
      const since = performance.now();
      await eventually(async () => expect(await ask()).toBe('healed'), 10_000);
      const seconds = secondsSince(since);
      console.info(`a silent peer was given up and the good one in its place used after ${seconds.toFixed(1)} s`);
      expect(seconds).toBeLessThan(10);
      await eventually(() => expect(silent.open).toBe(0));
    },
    TEST_MS_MAX,
  );

  it(
    'uses the other replicas while one is silent, and no call fails when the channel is opened anew',
    async () => {
      const silent = new Gate(undefined);
      const port = await silent.listen();
      const good = await replica('good');
      const ask = askerOf(port, good.port);
      expect(await answering(ask)).toEqual(['good']);
      await silent.vanish();
      await replica('healed', port);
      let calls = 0;
      await eventually(async () => {
        const names = await answering(ask);
        calls += 8;
        expect(names.filter((name) => name !== 'good' && name !== 'healed')).toEqual([]);
        expect(names).toEqual(['good', 'healed']);
      }, 10_000);
      console.info(`${calls} calls meanwhile, none failed`);
    },
    TEST_MS_MAX,
  );

  it(
    'leaves a replica that froze within 2 s, ends the calls that wait there, and uses it again when it thaws',
    async () => {
      const [behind, good] = [await replica('behind'), await replica('good')];
      const gate = new Gate(behind.port);
      const ask = askerOf(await gate.listen(), good.port);
      await eventually(async () => expect(await answering(ask)).toEqual(['behind', 'good']));
      gate.freeze();
      const since = performance.now();
      const endings = await Promise.all(
        [ask(9_000), ask(9_000)].map((call) => call.catch((failure: Failure) => failure)),
      );
      const seconds = secondsSince(since);
      expect(endings).toEqual(expect.arrayContaining(['good', expect.objectContaining({ reason: 'reply_lost' })]));
      expect(seconds).toBeLessThan(4); // 2 s, and room for a busy machine
      expect(await answering(ask, 20)).toEqual(['good']);
      gate.thaw();
      const thawedAt = performance.now();
      await eventually(async () => expect(await answering(ask)).toEqual(['behind', 'good']), 10_000);
      console.info(
        `frozen: left after ${seconds.toFixed(1)} s, used ${secondsSince(thawedAt).toFixed(1)} s after its thaw`,
      );
    },
    TEST_MS_MAX,
  );

  it(
    'sends a call again that waits in a frozen replica, if it may be repeated',
    async () => {
      const [behind, good] = [await replica('behind'), await replica('good')];
      const gate = new Gate(behind.port);
      const ask = askerWith({ repeatable: true }, await gate.listen(), good.port);
      await eventually(async () => expect(await answering(ask)).toEqual(['behind', 'good']));
      gate.freeze();
      const endings = await Promise.all([1, 2, 3, 4].map(() => ask(5_000).catch((failure: Failure) => failure)));
      expect(endings).toEqual(['good', 'good', 'good', 'good']);
    },
    TEST_MS_MAX,
  );

  it(
    'leaves one of two replicas alone that fails its calls, and uses it again when it does not',
    async () => {
      const [bad, good] = [await replica('bad'), await replica('good')];
      const ask = askerOf(bad.port, good.port);
      await eventually(async () => expect(await answering(ask)).toEqual(['bad', 'good']));
      bad.fails = true;
      const since = performance.now();
      await eventually(async () => expect(await answering(ask, 20)).toEqual(['good']), 5_000);
      const seconds = secondsSince(since);
      bad.fails = false;
      const healedAt = performance.now();
      await eventually(async () => expect(await answering(ask)).toEqual(['bad', 'good']), 10_000);
      console.info(
        `failing: left alone after ${seconds.toFixed(1)} s, used ${secondsSince(healedAt).toFixed(1)} s after its recovery`,
      );
    },
    TEST_MS_MAX,
  );

  it(
    'uses a replica again within seconds that it left alone, although the wall clock is set back by five minutes',
    async () => {
      const [bad, good] = [await replica('bad'), await replica('good')];
      const ask = askerOf(bad.port, good.port);
      await eventually(async () => expect(await answering(ask)).toEqual(['bad', 'good']));
      bad.fails = true;
      await eventually(async () => expect(await answering(ask, 20)).toEqual(['good']), 5_000);
      bad.fails = false;
      const wallClock = Date;
      globalThis.Date = dateBehind(300_000);
      try {
        await eventually(async () => expect(await answering(ask)).toEqual(['bad', 'good']), 10_000);
      } finally {
        globalThis.Date = wallClock;
      }
    },
    TEST_MS_MAX,
  );
});

/** The wall clock, set back by so much. */
function dateBehind(ms: number): DateConstructor {
  const wallClock = Date;
  return class extends wallClock {
    constructor(at: number = wallClock.now() - ms) {
      super(at);
    }
    static override now = (): number => wallClock.now() - ms;
  } as DateConstructor;
}
