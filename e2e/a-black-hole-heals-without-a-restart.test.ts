/**
 * The worst that can happen to a gRPC connection: its server is frozen when it is made, so TCP accepts and HTTP/2 never
 * begins; then the server dies behind a partition, so nobody is told; then all is well again. grpc-js alone connects for
 * ever. In a network namespace, where the partition is real: the server's address goes away, packets to and from it too.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { Failure } from '@seams/call';
import { menuStoreService } from '@seams/contracts';
import { callerOf, openChannel } from '@seams/rpc';
import { createLogger } from '@seams/telemetry';
import { eventually } from '@seams/testkit';

// RFC 5737's second range for examples: it is nobody's, and here it exists between this test's two ends only.
const HERE = '198.51.100.1';
const THERE = '198.51.100.2';
const PORT = 7021;
const NAMESPACE = `seams-${process.pid}`;
const [OUR_END, THEIR_END] = [`sm${process.pid}`, `st${process.pid}`];
const TEST_MS_MAX = 90_000;
const BACK_MS_MAX = 10_000;
const server = path.join(import.meta.dirname, 'menu-server.ts');

const ip = (...args: string[]): string => execFileSync('ip', args, { encoding: 'utf8', stdio: 'pipe' });
const there = (...args: string[]): string => ip('-n', NAMESPACE, ...args);

/** Undefined when it stands; else why it cannot, on one line. */
function openNamespace(): string | undefined {
  try {
    if (ip('route', 'get', THERE).includes(HERE)) throw new Error(`${HERE} is taken`);
    ip('netns', 'add', NAMESPACE);
    ip('link', 'add', OUR_END, 'type', 'veth', 'peer', 'name', THEIR_END);
    ip('link', 'set', THEIR_END, 'netns', NAMESPACE);
    ip('addr', 'add', `${HERE}/30`, 'dev', OUR_END);
    ip('link', 'set', OUR_END, 'up');
    there('link', 'set', 'lo', 'up');
    there('link', 'set', THEIR_END, 'up');
    heal();
    // Known for good: without their address nobody would answer ARP, and that would be an error, not silence.
    const theirs = /link\/ether (\S+)/.exec(there('link', 'show', THEIR_END))?.[1] ?? '';
    ip('neigh', 'replace', THERE, 'lladdr', theirs, 'dev', OUR_END, 'nud', 'permanent');
    return undefined;
  } catch (error) {
    closeNamespace();
    return String((error as Error).message)
      .trim()
      .split('\n')
      .at(-1);
  }
}

/** The link goes with the namespace. */
function closeNamespace(): void {
  for (const args of [
    ['netns', 'del', NAMESPACE],
    ['link', 'del', OUR_END],
  ]) {
    try {
      ip(...args);
    } catch {
      // It was not there, or went with the other.
    }
  }
}

/** Packets to their address find nobody there, and none leaves with it as its sender: silence, in both directions. */
const partition = (): string => there('addr', 'del', `${THERE}/30`, 'dev', THEIR_END);
const heal = (): string => there('addr', 'add', `${THERE}/30`, 'dev', THEIR_END);

const children: ChildProcess[] = [];
async function startServer(): Promise<ChildProcess> {
  const args = ['netns', 'exec', NAMESPACE, process.execPath, server, THERE, String(PORT)];
  const child = spawn('ip', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  await once(child.stdout as NodeJS.ReadableStream, 'data'); // it says when it listens
  return child;
}

const refusal = process.platform === 'linux' ? openNamespace() : 'network namespaces are Linux';
if (refusal !== undefined) console.info(`skipped: no network namespace can be made here (${refusal})`);
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  if (refusal === undefined) closeNamespace();
});

describe('a channel whose server was frozen before it connected and killed behind a partition', () => {
  (refusal === undefined ? it : it.skip)(
    'is back within 10 s of the heal, without a restart',
    async () => {
      const stuck: unknown[] = [];
      const log = createLogger({ service: 'test', process: 'test', logLevel: 'silent' });
      log.warn = ((fields: unknown) => stuck.push(fields)) as typeof log.warn;

      const first = await startServer();
      first.kill('SIGSTOP');
      const channel = openChannel('storage', `ipv4:${THERE}:${PORT}`, log);
      const { ReadCafes } = callerOf(menuStoreService, channel);
      const ask = async (ms: number): Promise<string> => {
        const ctx = { deadlineAt: Date.now() + ms, signal: new AbortController().signal };
        return (await ReadCafes(ctx, {})).cafes?.[0]?.cafeId ?? '';
      };
      try {
        const asked = performance.now();
        expect(await ask(1_000).catch((failure: Failure) => failure)).toMatchObject({ kind: 'timed_out' });
        expect(performance.now() - asked).toBeLessThan(2_000);

        partition();
        first.kill('SIGKILL');
        await once(first, 'exit');
        // It was found stuck with the frozen server, and again with nobody there: both kinds of silence.
        await eventually(() => expect(stuck.length).toBeGreaterThanOrEqual(2), 20_000);
        heal();
        const healedAt = performance.now();
        await startServer();
        await eventually(async () => expect(await ask(500)).toBe('there'), 2 * BACK_MS_MAX);
        const ms = performance.now() - healedAt;
        console.info(`black hole: back ${(ms / 1_000).toFixed(1)} s after the heal (at most ${BACK_MS_MAX / 1_000})`);
        expect(ms).toBeLessThan(BACK_MS_MAX);
      } finally {
        channel.close();
      }
    },
    TEST_MS_MAX,
  );
});
