/** A runner that is killed, on small processes: what it started ends without it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@seams/testkit';
import { folderOf } from './folder.ts';
import { identityOf } from './processes.ts';

const here = (file: string): string => JSON.stringify(pathToFileURL(path.join(import.meta.dirname, file)).href);

/** Runs one part and a guardian, says their numbers, and ends in order on SIGTERM. */
const runner = (root: string): string => `
  const { folderOf, makeFolder } = await import(${here('folder.ts')});
  const { Guardian } = await import(${here('guardian.ts')});
  const { removeRecord, takeLock, writeRecord } = await import(${here('record.ts')});
  const { spawnChild, watchChildren } = await import(${here('../infrastructure/child.ts')});
  const folder = folderOf(${JSON.stringify(root)});
  makeFolder(folder);
  takeLock(folder);
  watchChildren(() => writeRecord(folder));
  const guardian = new Guardian(folder);
  const logFile = folder.log('part');
  const part = await spawnChild({ name: 'part', command: process.execPath, args: ['-e', 'setInterval(() => {}, 1000)'], logFile });
  process.on('SIGTERM', () => {
    part.signal('SIGKILL');
    removeRecord(folder);
    guardian.dismiss();
    process.exit(0);
  });
  const say = () => console.log(JSON.stringify({ part: part.pid, guardian: guardian.pid }));
  say();
  let last = guardian.pid;
  setInterval(() => { if (guardian.pid !== last) { last = guardian.pid; say(); } }, 20);
`;

interface Numbers {
  readonly part: number;
  readonly guardian: number;
}

let root: string;
let killed: ChildProcess;
let numbers: Numbers;
beforeEach(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'seams-guardian-'));
  killed = spawn(process.execPath, ['--input-type=module', '-e', runner(root)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  numbers = await said();
});
afterEach(async () => {
  killed.kill('SIGTERM');
  await eventually(() => expect([numbers.part, numbers.guardian].map(identityOf)).toEqual([undefined, undefined]));
  rmSync(root, { recursive: true, force: true });
});

async function said(): Promise<Numbers> {
  const [line] = (await once(killed.stdout as NonNullable<ChildProcess['stdout']>, 'data')) as [Buffer];
  return JSON.parse(line.toString()) as Numbers;
}

describe('a runner with a guardian', () => {
  it.each<NodeJS.Signals>(['SIGKILL', 'SIGQUIT'])('takes all it started along when it ends by %s', async (signal) => {
    expect(identityOf(numbers.part)).toBeDefined();
    killed.kill(signal);
    await eventually(() => expect(identityOf(numbers.part)).toBeUndefined());
    // They are the next start's to take over.
    expect(existsSync(folderOf(root).lock)).toBe(true);
  });

  it('takes along what is frozen', async () => {
    process.kill(numbers.part, 'SIGSTOP');
    killed.kill('SIGKILL');
    await eventually(() => expect(identityOf(numbers.part)).toBeUndefined());
  });

  it('gets a new guardian when its guardian is killed', async () => {
    const first = numbers.guardian;
    process.kill(first, 'SIGKILL');
    numbers = await said();
    expect(numbers.guardian).not.toBe(first);
    killed.kill('SIGKILL');
    await eventually(() => expect(identityOf(numbers.part)).toBeUndefined());
  });

  it('leaves no guardian when it ends in order', async () => {
    killed.kill('SIGTERM');
    await eventually(() => expect(identityOf(numbers.guardian)).toBeUndefined());
  });
});
