import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createLogger } from '@seams/telemetry';
import { z } from 'zod';
import {
  ConfigError,
  createLifecycle,
  type Dependency,
  type Lifecycle,
  type LifecycleParts,
  list,
  ProcessConfig,
  readEnvironment,
  repeating,
  wholeNumber,
} from './index.ts';

const log = createLogger({ service: 'test', process: 'test', logLevel: 'silent' });
const running: Lifecycle[] = [];
afterEach(() => Promise.all(running.splice(0).map((lifecycle) => lifecycle.beforeApplicationShutdown())));

interface Readiness {
  status: number;
  body: { status: string; dependencies: { name: string; status: string; reason?: string }[] };
}

async function started(dependencies: Dependency[], parts: Partial<LifecycleParts> = {}) {
  const lifecycle = createLifecycle({
    host: '127.0.0.1',
    opsPort: 0,
    drainMsMax: 1_000,
    log,
    dependencies,
    listeners: [],
    stores: [],
    ...parts,
  });
  await lifecycle.onApplicationBootstrap();
  running.push(lifecycle);
  return lifecycle;
}

const part = (name: string, up: boolean, optional = false) => {
  const state = { up };
  const dependency: Dependency = {
    name,
    optional,
    check: async () => {
      if (!state.up) throw new Error(`${name} is away`);
    },
  };
  return { state, dependency };
};

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await nextTurn();
}

describe('a process', () => {
  it('is not ready before each part that it needs was up once, names what is missing, then stays ready', async () => {
    const postgres = part('postgres', false);
    const kafka = part('kafka', false, true);
    const { health } = await started([postgres.dependency, kafka.dependency]);
    await until(() => health.dependencyStates().every(({ status }) => status === 'down'));
    expect(health.ready).toBe(false);
    expect(health.dependencyStates()).toEqual([
      { name: 'postgres', status: 'down', reason: 'postgres is away' },
      { name: 'kafka', status: 'down', reason: 'kafka is away' },
    ]);

    postgres.state.up = true;
    await until(() => health.ready);
    postgres.state.up = false;
    await until(() => health.dependencyStates()[0]?.status === 'down');
    expect(health.ready).toBe(true);
  });

  it('says that a part which never answers is down, and goes on looking at the others', async () => {
    const kafka = part('kafka', true);
    const silent = { name: 'postgres', check: () => new Promise<void>(() => undefined) };
    const { health } = await started([silent, kafka.dependency]);
    const statusOf = (name: string) => health.dependencyStates().find((one) => one.name === name)?.status;
    await until(() => statusOf('postgres') === 'down' && statusOf('kafka') === 'up');
    kafka.state.up = false;
    await until(() => statusOf('kafka') === 'down');
    expect(health.ready).toBe(false);
  });

  it('says so on its ops port', async () => {
    const port = Promise.withResolvers<number>();
    const listener = { listen: async () => 0, drain: async () => undefined };
    const { health } = await started([part('postgres', true).dependency], {
      opsPort: await freePort(port),
      listeners: [listener],
    });
    await until(() => health.ready);
    const url = `http://127.0.0.1:${await port.promise}`;
    expect(await ask(`${url}/livez`)).toMatchObject({ status: 200 });
    expect(await ask(`${url}/readyz`)).toEqual({
      status: 200,
      body: { status: 'ready', dependencies: [{ name: 'postgres', status: 'up' }] },
    });
    const metrics = await fetch(`${url}/metrics`);
    expect([metrics.status, metrics.headers.get('content-type')]).toEqual([
      200,
      'text/plain; version=0.0.4; charset=utf-8',
    ]);
    expect(await metrics.text()).toBe('# this process measures nothing\n');
    health.drain();
    expect(await ask(`${url}/readyz`)).toMatchObject({ status: 503, body: { status: 'draining' } });
  });

  it('drains its listeners before its background work, and closes its stores last', async () => {
    const order: string[] = [];
    const lifecycle = await started([], {
      listeners: [
        {
          listen: async () => 0,
          setServing: (serving) => void order.push(serving ? 'serving' : 'not serving'),
          drain: async () => void order.push('drained'),
        },
      ],
      background: [
        { start: async () => void order.push('relay starts'), stop: async () => void order.push('relay stops') },
      ],
      stores: [{ close: () => void order.push('kafka closed') }, { close: () => void order.push('postgres closed') }],
    });
    await until(() => order.includes('serving'));
    await lifecycle.beforeApplicationShutdown();
    running.splice(0);
    expect(order).toEqual([
      'relay starts',
      'serving',
      'not serving',
      'drained',
      'relay stops',
      'kafka closed',
      'postgres closed',
    ]);
  });
});

describe('a stop', () => {
  const fails = (what: string) => async (): Promise<void> => {
    throw new Error(`${what} failed`);
  };
  const throws = (serving: boolean): void => {
    if (!serving) throw new Error('setServing failed');
  };
  const quiet = { listen: async () => 0, drain: async () => undefined };
  const works = { start: async () => undefined, stop: async () => undefined };

  it.each<[string, Partial<LifecycleParts>]>([
    ['refuse new calls', { listeners: [{ ...quiet, setServing: throws }] }],
    ['drain a listener', { listeners: [{ ...quiet, drain: fails('drain') }] }],
    ['stop background work', { background: [{ ...works, stop: fails('relay') }] }],
    ['close a store', { stores: [{ close: fails('kafka') }] }],
  ])('whose step "%s" fails logs it, closes every store and ends with exit code 1', async (step, parts) => {
    const logged: unknown[] = [];
    const closed: string[] = [];
    const lifecycle = await started([], {
      log: { ...log, error: (fields: object) => void logged.push(fields) } as LifecycleParts['log'],
      ...parts,
      stores: [...(parts.stores ?? []), { close: () => void closed.push('postgres') }],
    });
    running.splice(0);
    const before = process.exitCode;
    try {
      await lifecycle.beforeApplicationShutdown();
      expect(process.exitCode).toBe(1);
    } finally {
      process.exitCode = before;
    }
    expect(closed).toEqual(['postgres']);
    expect(logged).toEqual([{ step, error: expect.stringContaining(' failed') }]);
  });

  it('without a failure leaves the exit code alone', async () => {
    const lifecycle = await started([], { listeners: [quiet], background: [works] });
    running.splice(0);
    await lifecycle.beforeApplicationShutdown();
    expect(process.exitCode).toBeUndefined();
  });
});

describe('housekeeping', () => {
  it('goes on after a round that failed, and ends with the process', async () => {
    const rounds: number[] = [];
    const work = repeating({
      name: 'test',
      everyMs: 1,
      roundMsMax: 1_000,
      log,
      round: async () => {
        rounds.push(rounds.length);
        if (rounds.length === 1) throw new Error('not now');
      },
    });
    await work.start();
    await until(() => rounds.length >= 3);
    await work.stop();
    const done = rounds.length;
    await nextTurn();
    expect(rounds).toHaveLength(done);
  });
});

describe('a configuration', () => {
  const Config = z
    .object({
      PORT: wholeNumber,
      BROKERS: list,
      PASSWORD: z.string().min(8),
      LEASE_MS: wholeNumber,
      POLL_MS: wholeNumber,
    })
    .refine((c) => c.POLL_MS * 3 <= c.LEASE_MS, { path: ['LEASE_MS'], message: 'must be at least 3 × POLL_MS' });
  const good = { PORT: '80', BROKERS: 'a:1,b:2', PASSWORD: 'secret-one', LEASE_MS: '3000', POLL_MS: '1000' };

  it('that is right is read as numbers and lists', () => {
    expect(readEnvironment(Config, good)).toEqual({
      PORT: 80,
      BROKERS: ['a:1', 'b:2'],
      PASSWORD: 'secret-one',
      LEASE_MS: 3_000,
      POLL_MS: 1_000,
    });
  });

  it.each<[object, RegExp]>([
    [{ PORT: 'http' }, /^PORT: /],
    [{ PORT: '0' }, /^PORT: /],
    [{ PORT: '1.5' }, /^PORT: /],
    [{ PORT: undefined }, /^PORT: /],
    [{ BROKERS: '' }, /^BROKERS: /],
    [{ PASSWORD: 'hunter2' }, /^PASSWORD: /],
    [{ LEASE_MS: '2999' }, /^LEASE_MS: must be at least 3 × POLL_MS$/],
    [{ PORT: 'x', BROKERS: '' }, /^PORT: .*\nBROKERS: /],
  ])('with %j names what is wrong, never the value', (changes, message) => {
    const read = () => readEnvironment(Config, { ...good, ...changes });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(message);
    expect(read).not.toThrow(/hunter2/);
  });

  it('of a process needs its name, its ports and where its spans go', () => {
    expect(() => readEnvironment(ProcessConfig, {})).toThrow(/SEAMS_PROCESS[^]*OPS_PORT[^]*OTLP_URL/);
  });
});

async function freePort(found: PromiseWithResolvers<number>): Promise<number> {
  const { createServer } = await import('node:net');
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  found.resolve(port);
  return port;
}

async function ask(url: string): Promise<Readiness> {
  const response = await fetch(url);
  return { status: response.status, body: (await response.json()) as Readiness['body'] };
}
