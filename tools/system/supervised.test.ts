import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { liveChildren, logTail, spawnChild, stopChild } from '../infrastructure/child.ts';
import { type Part, Supervised } from './supervised.ts';
import type { Terminal } from './terminal.ts';

let root: string;
let lines: string[];
let supervised: Supervised | undefined;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'seams-supervised-'));
  lines = [];
});
afterEach(async () => {
  await supervised?.stop();
  expect(liveChildren.size).toBe(0);
  rmSync(root, { recursive: true, force: true });
});

const terminal: Terminal = { step: (line) => lines.push(line), say: () => {}, fail: () => {}, seconds: () => '' };

/** A process that runs this program, and is killed when it does not end in this time after a SIGTERM. */
function partOf(program: string, stopMs = 5_000): Part {
  const logFile = path.join(root, 'part.log');
  return {
    name: 'part',
    kind: 'service',
    runtime: 'node',
    ports: [],
    logFile,
    async start() {
      const child = await spawnChild({ name: 'part', command: process.execPath, args: ['-e', program], logFile });
      return {
        pid: child.pid,
        exited: child.exited,
        stop: () => stopChild(child, [{ signal: 'SIGTERM', waitMs: stopMs }]),
      };
    },
  };
}

const WAITS = 'setInterval(() => {}, 1000)';

async function eventually(holds: () => boolean): Promise<void> {
  const giveUpAt = Date.now() + 8_000;
  while (!holds()) {
    if (Date.now() > giveUpAt)
      throw new Error(`the condition did not come true; the terminal says: ${lines.join(' | ')}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('a supervised process', () => {
  it('is started again when it ends unasked, and the terminal names its end', async () => {
    supervised = new Supervised(partOf(WAITS), terminal);
    await supervised.start(5_000);
    const first = supervised.pid as number;
    process.kill(first, 'SIGKILL');
    await eventually(() => supervised?.state === 'ready' && supervised.pid !== first);
    expect(supervised.restarts).toBe(1);
    expect(lines[0]).toMatch(/^part was ended by SIGKILL; starting it again in 0.5 s \(log: .*part.log\)$/);
  });

  it('waits longer each time that it ends at once', async () => {
    const switchFile = path.join(root, 'broken');
    supervised = new Supervised(
      partOf(`if (require('fs').existsSync('${switchFile}')) process.exit(3); ${WAITS}`),
      terminal,
    );
    await supervised.start(5_000);
    writeFileSync(switchFile, '');
    process.kill(supervised.pid as number, 'SIGKILL');
    await eventually(() => lines.filter((line) => line.includes('starting it again')).length === 3);
    rmSync(switchFile);
    const waits = lines.flatMap((line) => /^part (.*); starting it again in (\S+) s/.exec(line)?.slice(1) ?? []);
    expect(waits).toEqual(['was ended by SIGKILL', '0.5', 'ended with code 3', '1', 'ended with code 3', '2']);
    await eventually(() => supervised?.state === 'ready');
  });

  it('stays away when it was stopped', async () => {
    supervised = new Supervised(partOf(WAITS), terminal);
    await supervised.start(5_000);
    await supervised.stop();
    expect(supervised).toMatchObject({ state: 'stopped', pid: undefined, restarts: 0, forced: false });
    expect(lines).toEqual([]);
  });

  it('is killed when it does not end in time', async () => {
    const deaf = `process.on('SIGTERM', () => {}); console.log('deaf'); ${WAITS}`;
    supervised = new Supervised(partOf(deaf, 200), terminal);
    await supervised.start(5_000);
    await eventually(() => logTail(path.join(root, 'part.log')).includes('deaf'));
    await supervised.stop();
    expect(supervised.forced).toBe(true);
  });

  it('that ends before it is ready fails the start, with its last words', async () => {
    const part = {
      ...partOf("console.log('no configuration'); process.exit(2)"),
      readyUrl: 'http://127.0.0.1:9/readyz',
    };
    supervised = new Supervised(part, terminal);
    await expect(supervised.start(5_000)).rejects.toThrow(/^part ended with code 2 while it started: no configuration/);
  });
});
