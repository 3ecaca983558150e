import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CallContext, Failure } from '@seams/call';
import { menuStoreService } from '@seams/contracts';
import { createLogger } from '@seams/telemetry';
import { eventually } from '@seams/testkit';
import { type Channel, callerOf, createRpcServer, implement, openChannel, type RpcServer } from '../index.ts';

const log = createLogger({ service: 'test', process: 'test', logLevel: 'silent' });
const inTime = (): CallContext => ({ deadlineAt: Date.now() + 2_000, signal: new AbortController().signal });

let root: string;
let file: string;
const servers: RpcServer[] = [];
const channels: Channel[] = [];
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'seams-replicas-'));
  file = path.join(root, 'storage');
});
afterEach(async () => {
  for (const channel of channels.splice(0)) channel.close();
  await Promise.all(servers.splice(0).map((server) => server.drain(100)));
  rmSync(root, { recursive: true, force: true });
});

interface Named {
  readonly server: RpcServer;
  readonly address: string;
}

/** A replica that answers with its own name, after a moment in which it may be told to stop. */
async function replica(name: string): Promise<Named> {
  const cafes = [{ cafeId: name, name, city: '' }];
  const answer = (): Promise<{ cafes: typeof cafes }> =>
    new Promise((resolve) => setTimeout(() => resolve({ cafes }), 5));
  const server = createRpcServer({
    host: '127.0.0.1',
    port: 0,
    log,
    callee: 'storage',
    requestMsMax: 2_000,
    implementations: [implement(menuStoreService, { ReadCafes: answer, ReadMenu: async () => ({ menu: null }) })],
  });
  servers.push(server);
  return { server, address: `127.0.0.1:${await server.listen()}` };
}

/** As the runner does it: whole, or not at all. */
function list(...replicas: Named[]): void {
  writeFileSync(`${file}.new`, replicas.map(({ address }) => `${address}\n`).join(''));
  renameSync(`${file}.new`, file);
}

function caller(): () => Promise<string> {
  const channel = openChannel('storage', `replicas:${file}`);
  channels.push(channel);
  const { ReadCafes } = callerOf(menuStoreService, channel);
  return async () => (await ReadCafes(inTime(), {})).cafes?.[0]?.cafeId ?? '';
}

const failureOf = (work: Promise<unknown>): Promise<Failure> =>
  work.then(
    () => Promise.reject(new Error('it did not fail')),
    (failure: Failure) => failure,
  );

/** Who answered, of this many calls one after another. */
async function answering(ask: () => Promise<string>, calls = 12): Promise<string[]> {
  const names = new Set<string>();
  for (let n = 0; n < calls; n++) names.add(await ask());
  return [...names].sort();
}

describe('a channel to a list of replicas in a file', () => {
  it('uses a replica that is added and leaves one that is removed, and no call fails meanwhile', async () => {
    const [a, b] = [await replica('a'), await replica('b')];
    list(a);
    const ask = caller();
    expect(await answering(ask)).toEqual(['a']);

    let calls = 0;
    let over = false;
    const stream = Array.from({ length: 4 }, async () => {
      for (; !over; calls++) await ask();
    });
    list(a, b);
    await eventually(async () => expect(await answering(ask)).toEqual(['a', 'b']));
    list(b);
    await eventually(async () => expect(await answering(ask)).toEqual(['b']));
    await a.server.drain(2_000);
    expect(await answering(ask)).toEqual(['b']);
    over = true;
    await Promise.all(stream);
    expect(calls).toBeGreaterThan(20);
  });

  it.each([
    ['is not there', undefined, /list of replicas .*storage: ENOENT/],
    ['names nobody', '\n', /list of replicas .*storage: it names nobody/],
    ['is no list', 'somewhere\n', /list of replicas .*storage: "somewhere" is not host:port/],
  ])('that %s refuses a call for certain, says why, and recovers', async (_, text, why) => {
    if (text !== undefined) writeFileSync(file, text);
    const ask = caller();
    const failure = await failureOf(ask());
    expect([failure.kind, failure.reason]).toEqual(['unavailable', 'callee_unreachable']);
    expect((failure.cause as Error).message).toMatch(why);

    list(await replica('a'));
    expect(await eventually(ask)).toBe('a');
  });

  it('keeps what it knows when the list goes away, and follows when it comes back', async () => {
    const [a, b] = [await replica('a'), await replica('b')];
    list(a);
    const ask = caller();
    expect(await ask()).toBe('a');
    rmSync(root, { recursive: true });
    expect(await answering(ask)).toEqual(['a']);
    // A new folder: the watch on the old one says nothing about it, the timer does.
    mkdirSync(root);
    list(b);
    await eventually(async () => expect(await answering(ask)).toEqual(['b']));
  });
});
