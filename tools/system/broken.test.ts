/** What `npm run break` does to one process, on small ones: a parent, and a child of it in a session of its own. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { liveChildren, spawnChild, stopChild } from '../infrastructure/child.ts';
import { descendantsOf } from '../infrastructure/tree.ts';
import { type Part, Supervised } from './supervised.ts';

let root: string;
let lines: string[];
let supervised: Supervised;
let readiness: Server;
/** What /readyz says; a test that is not about readiness leaves it. */
let isReady: boolean;

/** As Postgres: its children make sessions of their own, which neither its pid nor its process group reaches. */
const WITH_A_CHILD = `
  const sleeper = ['-e', 'setInterval(() => {}, 1000)'];
  require('child_process').spawn(process.execPath, sleeper, { detached: true, stdio: 'ignore' });
  process.on('SIGTERM', () => process.exit(0));
  setInterval(() => {}, 1000);`;

beforeEach(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'seams-broken-'));
  lines = [];
  isReady = true;
  readiness = createServer((_, response) => response.writeHead(isReady ? 200 : 503).end());
  await new Promise<void>((resolve) => readiness.listen(0, '127.0.0.1', resolve));
  const step = (line: string): void => void lines.push(line);
  supervised = new Supervised(part(), { step, say: () => {}, fail: () => {}, seconds: () => '' });
  await supervised.start(10_000);
  await eventually(() => tree().length === 2);
});
afterEach(async () => {
  const left = tree();
  await supervised.stop();
  for (const pid of left) if (stateOf(pid) !== '-') process.kill(pid, 'SIGKILL'); // the child outlives a SIGTERM
  expect(liveChildren.size).toBe(0);
  readiness.close();
  rmSync(root, { recursive: true, force: true });
});

function part(): Part {
  const logFile = path.join(root, 'part.log');
  const { port } = readiness.address() as AddressInfo;
  return {
    name: 'part',
    kind: 'service',
    runtime: 'node',
    ports: [],
    logFile,
    readyUrl: `http://127.0.0.1:${port}/readyz`,
    async start() {
      const child = await spawnChild({ name: 'part', command: process.execPath, args: ['-e', WITH_A_CHILD], logFile });
      const stop = (): Promise<void> => stopChild(child, [{ signal: 'SIGTERM', waitMs: 5_000 }]);
      return { pid: child.pid, exited: child.exited, stop };
    },
  };
}

/** The process and what it started. */
const tree = (): number[] => (supervised.pid ? [supervised.pid, ...descendantsOf(supervised.pid)] : []);

/** S sleeping, T stopped, "-" gone. */
function stateOf(pid: number): string {
  try {
    return /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1]?.replace('Z', '-') ?? '-';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '-';
    throw error;
  }
}

async function eventually(holds: () => boolean): Promise<void> {
  const giveUpAt = Date.now() + 8_000;
  while (!holds()) {
    if (Date.now() > giveUpAt) throw new Error(`the condition did not come true; said: ${lines.join(' | ')}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

// What a process is doing is read from /proc.
const onLinux = process.platform === 'linux' ? describe : describe.skip;

onLinux('a process that is broken on purpose', () => {
  it('is frozen and thawed with all that it started', async () => {
    const pids = tree();
    supervised.freeze();
    expect(supervised.state).toBe('frozen');
    await eventually(() => pids.map(stateOf).join('') === 'TT');
    supervised.thaw();
    await eventually(() => supervised.state === 'ready');
    expect(pids.map(stateOf)).not.toContain('T');
    expect(supervised).toMatchObject({ pid: pids[0], restarts: 0 });
    await eventually(() => lines.length === 3);
    expect(lines).toEqual([
      `part is frozen (pid ${pids[0]})`,
      `part is thawed (pid ${pids[0]})`,
      expect.stringMatching(/^part answers again, \d+\.\d s after its thaw$/),
    ]);
  });

  it('is not ready after its thaw before it says so', async () => {
    supervised.freeze();
    isReady = false;
    supervised.thaw();
    expect(supervised.state).toBe('starting');
    supervised.freeze();
    isReady = true;
    supervised.thaw();
    await eventually(() => supervised.state === 'ready');
    await eventually(() => lines.some((line) => line.includes('answers again')));
    expect(lines.filter((line) => line.includes('answers again'))).toHaveLength(1);
  });

  it('is killed with all that it started, frozen or not, and comes back after its back-off', async () => {
    for (const frozen of [false, true]) {
      if (frozen) supervised.freeze();
      const pids = tree();
      await supervised.kill();
      expect(supervised.state).toBe('waiting to restart');
      await eventually(() => pids.map(stateOf).join('') === '--');
      await eventually(() => supervised.state === 'ready' && tree().length === 2);
      expect(supervised.pid).not.toBe(pids[0]);
    }
    expect(supervised.restarts).toBe(2);
    expect(lines[0]).toMatch(/^part was ended by SIGKILL; starting it again in 0.5 s/);
  });

  it('is restarted in order, frozen or not, at once', async () => {
    supervised.freeze();
    const pids = tree();
    await supervised.restart();
    await eventually(() => supervised.state === 'ready');
    expect(supervised).toMatchObject({ restarts: 1, forced: false });
    expect(lines.join()).not.toContain('starting it again');
    process.kill(pids[1] as number, 'SIGKILL'); // a real part ends its own children
  });

  it('is restarted at once when it waits for its back-off', async () => {
    await supervised.kill();
    await supervised.restart();
    expect(supervised.state).toBe('starting');
    await eventually(() => supervised.state === 'ready');
  });

  it('stops in order when it is frozen', async () => {
    supervised.freeze();
    const [, child] = tree();
    await supervised.stop();
    expect(supervised).toMatchObject({ state: 'stopped', forced: false });
    process.kill(child as number, 'SIGKILL');
  });

  it('refuses what does not fit its state, and says why', async () => {
    expect(() => supervised.thaw()).toThrow('part is not frozen (ready)');
    supervised.freeze();
    expect(() => supervised.freeze()).toThrow('part is frozen already');
    await supervised.kill();
    await expect(supervised.kill()).rejects.toThrow('part cannot be killed now: it is waiting to restart');
    expect(() => supervised.freeze()).toThrow('part cannot be frozen now: it is waiting to restart');
    const restarting = supervised.restart();
    await restarting;
    await eventually(() => supervised.state === 'ready');
    const second = supervised.restart();
    await expect(supervised.restart()).rejects.toThrow('part cannot be restarted now: it is stopping');
    await second;
    await eventually(() => supervised.state === 'ready');
  });
});
