import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { folderOf } from './folder.ts';
import { identityOf } from './processes.ts';
import { stopSystem } from './stop.ts';
import { toUser } from './user-paths.ts';

let root: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'seams-stop-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(root, { recursive: true, force: true });
});

async function up(program: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  await once(child.stdout as NonNullable<ChildProcess['stdout']>, 'data');
  return child;
}

const here = (file: string): string => JSON.stringify(pathToFileURL(path.join(import.meta.dirname, file)).href);

/** A runner of two processes. Without a control socket it is in the first moments of its start. */
const runner = (withSocket: boolean): string => `
  const { folderOf, makeFolder } = await import(${here('folder.ts')});
  const { removeRecord, takeLock, writeRecord } = await import(${here('record.ts')});
  const { openControl } = await import(${here('control.ts')});
  const folder = folderOf(${JSON.stringify(root)});
  makeFolder(folder);
  takeLock(folder, 'http://127.0.0.1:8080');
  const end = (how) => { removeRecord(folder); console.log(how); process.exit(0); };
  process.on('SIGTERM', () => end('by SIGTERM'));
  if (${withSocket}) {
    await openControl(folder.controlSocket, {
      'GET /status': () => ({ status: 200, body: { processes: [{ pid: 1 }, { pid: 2 }, { pid: null }] } }),
      'POST /stop': () => { setTimeout(() => end('by request'), 50); return { status: 202, body: {} }; },
    });
    writeRecord(folder);
  } else setInterval(() => {}, 1000);
  console.log('up');
`;

describe('npm stop', () => {
  it.each([
    [true, 'stopped 2 processes', 'by request'],
    [false, 'stopped the system', 'by SIGTERM'],
  ])('waits for the end of the runner (with its control socket: %j)', async (withSocket, what, how) => {
    const child = await up(runner(withSocket));
    const said = once(child.stdout as NonNullable<ChildProcess['stdout']>, 'data');
    expect(await stopSystem(root)).toBe(
      `${what} on ${toUser(root)} (pid ${child.pid}, it was on http://127.0.0.1:8080); nothing is left running`,
    );
    expect(identityOf(child.pid as number)).toBeUndefined();
    expect(String((await said)[0])).toContain(how);
  });

  it('stops what a killed runner left', async () => {
    const left = await up("setInterval(() => {}, 1000); console.log('up')");
    const folder = folderOf(root);
    const known = { name: 'kafka', pid: left.pid, identity: identityOf(left.pid as number) };
    const gone = { name: 'runner', pid: left.pid, identity: 'another' };
    writeFileSync(folder.record, JSON.stringify({ runner: gone, controlSocket: '', children: [known] }));
    expect(await stopSystem(root)).toBe(
      `stopped 1 processes that a killed \`npm start\` left on ${toUser(root)}: kafka`,
    );
    expect(identityOf(left.pid as number)).toBeUndefined();
    expect([folder.record, folder.lock].filter((file) => existsSync(file))).toEqual([]);
  });

  it('says when nothing runs', async () => {
    expect(await stopSystem(root)).toBe(`nothing runs on ${toUser(root)}`);
    expect(await stopSystem(path.join(root, 'none'))).toBe(`nothing runs on ${toUser(path.join(root, 'none'))}`);
  });
});
