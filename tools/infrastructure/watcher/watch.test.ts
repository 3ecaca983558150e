import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { LoopbackServer } from '../loopback-server.ts';
import { arrowsOf } from './floor.ts';
import { samplesOf, sumOf } from './metrics-text.ts';
import { askHttp, askKafka, askPostgres, type Look } from './probe.ts';
import { startFloorServer } from './server.ts';
import { Watch } from './watch.ts';
import type { Watched } from './watched.ts';

const HOST = '127.0.0.1';

/** A gateway whose counters and state the test sets. */
function gateway(name: string) {
  const now = { upS: 10, attempts: 0, endedS: 0, breaker: 0, look: { state: 'ready' } as Look };
  const text = (): string =>
    [
      '# TYPE process_uptime_seconds gauge',
      `process_uptime_seconds ${now.upS}`,
      `process_memory_usage_bytes 1e8`,
      `seams_policy_attempts_total{callee="auth"} ${now.attempts}`,
      `seams_policy_attempts_ended_total{callee="auth"} ${now.attempts}`,
      `seams_policy_attempt_seconds_total{callee="auth"} ${now.endedS}`,
      `seams_policy_breaker_state{callee="auth"} ${now.breaker}`,
      `seams_policy_attempts_total{callee="analytics"} 1000`,
    ].join('\n');
  const watched: Watched = {
    name,
    part: 'gateway',
    kind: 'service',
    look: async () => now.look,
    measures: async () => (now.look.state === 'ready' ? { state: 'ready', text: text() } : { state: 'silent' }),
  };
  return { now, watched };
}

describe('the text of /metrics', () => {
  it('is read by name and label, also where a label holds quotes and commas', () => {
    const samples = samplesOf('# HELP a b\na{x="1",y="a,\\"b"} 2\na{x="2"} 3 1700000000\nb 1e3\n');
    expect(samples[0]).toEqual({ name: 'a', labels: { x: '1', y: 'a,\\"b' }, value: 2 });
    expect([sumOf(samples, 'a'), sumOf(samples, 'a', { x: '2' }), sumOf(samples, 'b'), sumOf(samples, 'c')]).toEqual([
      5,
      3,
      1_000,
      undefined,
    ]);
  });
});

describe('the floor', () => {
  it('says how many calls a second an arrow carries and how long they took, over all processes of the caller', async () => {
    const [one, two] = [gateway('gateway-1'), gateway('gateway-2')];
    const watch = new Watch(() => [one.watched, two.watched]);
    await watch.look();
    Object.assign(one.now, { upS: 12, attempts: 20, endedS: 0.1 });
    Object.assign(two.now, { upS: 12, attempts: 40, endedS: 0.5, breaker: 2 });
    const { arrows } = await watch.look();
    const arrow = arrows.find(({ from, to }) => from === 'gateway' && to === 'auth');
    expect(arrow).toMatchObject({
      perSecond: 30,
      breakers: [
        { of: 'gateway-1', state: 'closed' },
        { of: 'gateway-2', state: 'open' },
      ],
    });
    expect(arrow?.meanMs).toBeCloseTo(10);
    // Many calls long ago are no calls now.
    expect(arrows.find(({ to }) => to === 'analytics')?.perSecond).toBe(0);
  });

  it('says what clients send, what Postgres is asked, and how far behind analytics is', () => {
    const window = (part: string, before: string, now: string) => ({
      part,
      name: part,
      seconds: 2,
      before: samplesOf(before),
      now: samplesOf(now),
    });
    const found = arrowsOf([
      window('load-balancer', 'balancer_taken 10\nbalancer_refusedHere 0', 'balancer_taken 30\nbalancer_refusedHere 6'),
      window(
        'analytics',
        'seams_consumed_events_total 5\nseams_consumed_delay_seconds_total 1',
        'seams_consumed_events_total 9\nseams_consumed_delay_seconds_total 1.2\nseams_postgres_statements_total{database="analytics"} 8',
      ),
    ]);
    const arrow = (from: string, to: string) => found.find((one) => one.from === from && one.to === to);
    expect(arrow('clients', 'load-balancer')).toMatchObject({ perSecond: 10, refusedPerSecond: 3, meanMs: null });
    expect(arrow('kafka', 'analytics')?.perSecond).toBe(2);
    expect(arrow('kafka', 'analytics')?.meanMs).toBeCloseTo(50);
    expect(arrow('analytics', 'postgres')).toMatchObject({ perSecond: 4, meanMs: null });
  });

  it('says that nobody counts where nobody does, and never a number that is made up', async () => {
    const watch = new Watch(() => []);
    const { arrows, outbox } = await watch.look();
    expect(arrows.length).toBeGreaterThan(5);
    expect(new Set(arrows.map(({ perSecond }) => perSecond))).toEqual(new Set([null]));
    expect(outbox).toEqual({ leader: null, term: null, waiting: null, oldestS: null });
  });

  it('counts from nothing when a process has begun again, and forgets what it measured when it does not answer', async () => {
    const { now, watched } = gateway('gateway-1');
    let time = 0;
    const watch = new Watch(
      () => [watched],
      () => time,
    );
    Object.assign(now, { attempts: 500 });
    await watch.look();
    time = 1_000;
    Object.assign(now, { look: { state: 'silent', why: 'no answer within 700 ms' } });
    expect((await watch.look()).processes).toEqual([
      {
        name: 'gateway-1',
        part: 'gateway',
        kind: 'service',
        state: 'silent',
        why: 'no answer within 700 ms',
        forMs: 0,
      },
    ]);
    time = 3_000;
    expect((await watch.look()).processes[0]).toMatchObject({ forMs: 2_000 });
    Object.assign(now, { look: { state: 'ready' }, upS: 1, attempts: 3 });
    await watch.look();
    Object.assign(now, { upS: 2, attempts: 5 });
    const { arrows } = await watch.look();
    expect(arrows.find(({ to }) => to === 'auth')?.perSecond).toBe(2);
  });

  it('gives whoever has seen this picture the next one', async () => {
    const watch = new Watch(() => []);
    const first = await watch.look();
    expect(await watch.after(0, 10)).toBe(first);
    expect(await watch.after(first.sequence, 10)).toBeUndefined();
    const waiting = watch.after(first.sequence, 5_000);
    const second = await watch.look();
    expect(await waiting).toBe(second);
  });
});

describe('a look', () => {
  const servers: (Server | LoopbackServer)[] = [];
  const sockets: Socket[] = [];
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    for (const server of servers.splice(0)) await ('stop' in server ? server.stop() : server.close());
  });
  const listening = (server: Server): Promise<number> =>
    new Promise((resolve) => {
      servers.push(server);
      server.listen(0, HOST, () => resolve((server.address() as AddressInfo).port));
    });
  const saying = (bytes: string | undefined): Server =>
    createTcpServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => {});
      if (bytes !== undefined) socket.once('data', () => socket.write(bytes));
    });

  it('tells one that is frozen from one that is gone', async () => {
    const frozen = await listening(saying(undefined));
    for (const ask of [askPostgres, askKafka]) expect(await ask(HOST, frozen)).toMatchObject({ state: 'silent' });
    expect(await askHttp(`http://${HOST}:${frozen}/readyz`)).toMatchObject({ state: 'silent' });
    const free = await listening(saying(undefined));
    await new Promise((resolve) => (servers.pop() as Server).close(resolve));
    expect(await askPostgres(HOST, free)).toMatchObject({ state: 'gone' });
    expect(await askHttp(`http://${HOST}:${free}/readyz`)).toMatchObject({ state: 'gone' });
  });

  it('takes any answer of a store for a sign of life, and a 503 for what it says', async () => {
    expect(await askPostgres(HOST, await listening(saying('N')))).toEqual({ state: 'ready' });
    const server = createServer((_, response) =>
      response
        .writeHead(503)
        .end('{"status":"starting","dependencies":[{"name":"kafka","status":"down","reason":"away"}]}'),
    );
    const port = await listening(server);
    expect(await askHttp(`http://${HOST}:${port}/readyz`)).toMatchObject({
      state: 'not ready',
      why: 'starting; kafka: away',
    });
  });

  it('is served to the gateways', async () => {
    const watch = new Watch(() => []);
    const server = await startFloorServer({ host: HOST, port: 0, watch, logsDir: import.meta.dirname });
    servers.push(server);
    const ask = async (target: string) => {
      const response = await fetch(`http://${HOST}:${server.port}${target}`);
      return { status: response.status, body: await response.json() };
    };
    expect((await ask('/readyz')).status).toBe(503);
    expect(await ask('/floor')).toMatchObject({ status: 503, body: { reason: 'floor_unavailable' } });
    const floor = await watch.look();
    expect(await ask('/readyz')).toEqual({ status: 200, body: { status: 'ready' } });
    expect(await ask('/floor')).toEqual({ status: 200, body: floor });
    // No other one came in time: who looks sees by its sequence that it is the same.
    expect(await ask('/floor?after=1')).toEqual({ status: 200, body: floor });
    expect((await ask('/floors')).status).toBe(404);
  });
});
