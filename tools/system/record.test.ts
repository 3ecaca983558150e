import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Folder, folderOf } from './folder.ts';
import { identityOf } from './processes.ts';
import { isAlive, type Known, removeRecord, stopLeftovers, takeLock } from './record.ts';

let folder: Folder;
const children: ChildProcess[] = [];
beforeEach(() => {
  folder = folderOf(mkdtempSync(path.join(tmpdir(), 'seams-record-')));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder.root, { recursive: true, force: true });
});

/** A process that waits, deaf to SIGTERM if asked, and has said that it is there. */
async function waiting(deaf = false): Promise<ChildProcess> {
  const program = `${deaf ? "process.on('SIGTERM', () => {});" : ''} setInterval(() => {}, 1000); console.log('up')`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'ignore'] });
  children.push(child);
  if (child.stdout) await once(child.stdout, 'data');
  return child;
}

const known = (name: string, child: ChildProcess, identity?: string): Known => ({
  name,
  pid: child.pid as number,
  identity: identity ?? identityOf(child.pid as number) ?? 'none',
});

const leave = (...left: Known[]): void =>
  writeFileSync(
    folder.record,
    JSON.stringify({ runner: { name: 'runner', pid: 1, identity: 'x' }, controlSocket: '', children: left }),
  );

describe('what an earlier runner left', () => {
  it('is stopped when number and start time fit, and only then', async () => {
    const [ours, theirs] = [await waiting(), await waiting()];
    leave(known('storage-1', ours), known('storage-2', theirs, 'another boot 12345'));
    const ended = once(ours, 'exit');

    expect(await stopLeftovers(folder)).toEqual(['storage-1']);
    expect(await ended).toEqual([null, 'SIGTERM']);
    expect(theirs.exitCode ?? theirs.signalCode).toBeNull();
    expect(existsSync(folder.record)).toBe(false);
  });

  it('is stopped although it was frozen', async () => {
    const frozen = await waiting();
    frozen.kill('SIGSTOP');
    leave(known('gateway-1', frozen));
    expect(await stopLeftovers(folder)).toEqual(['gateway-1']);
  });

  it('is nothing when there is no record, or its processes have ended', async () => {
    expect(await stopLeftovers(folder)).toEqual([]);
    const ended = await waiting();
    const before = known('gateway-1', ended);
    ended.kill('SIGKILL');
    await once(ended, 'exit');
    leave(before);
    expect(await stopLeftovers(folder)).toEqual([]);
  });
});

describe('the identity of a process', () => {
  it('is the same at every look, another for another process, and gone with it', async () => {
    const [a, b] = [await waiting(), await waiting()];
    expect(identityOf(a.pid as number)).toBe(identityOf(a.pid as number));
    const record = known('a', a);
    expect(isAlive(record)).toBe(true);
    expect(isAlive({ ...record, pid: b.pid as number })).toBe(
      identityOf(a.pid as number) === identityOf(b.pid as number),
    );
    a.kill('SIGKILL');
    await once(a, 'exit');
    expect(isAlive(record)).toBe(false);
  });
});

describe('the lock of a data folder', () => {
  it('is held by one living runner', () => {
    takeLock(folder, 'http://127.0.0.1:8080');
    expect(() => takeLock(folder)).toThrow(
      `Seams runs already on http://127.0.0.1:8080 (data in ${folder.root}, pid ${process.pid}): ` +
        `\`npm stop -- --data ${folder.root}\` stops it; a second one beside it takes --data DIR --offset N`,
    );
    removeRecord(folder);
    expect(() => takeLock(folder)).not.toThrow();
  });

  it.each([
    ['a runner that was killed', JSON.stringify({ name: 'runner', pid: 2 ** 22 + 1, identity: 'x' })],
    ['a number that means another process now', JSON.stringify({ name: 'runner', pid: process.pid, identity: 'x' })],
    ['half a file', '{"na'],
  ])('does not stay with %s', (_, content) => {
    writeFileSync(folder.lock, content);
    takeLock(folder);
    expect(JSON.parse(readFileSync(folder.lock, 'utf8'))).toMatchObject({
      pid: process.pid,
      identity: identityOf(process.pid),
    });
  });
});
