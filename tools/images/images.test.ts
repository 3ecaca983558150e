import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { layerOf } from '../cluster/archive.ts';
import { lastStageOf } from '../cluster/dockerfile.ts';
import { full } from '../cluster/images.ts';
import { MALLOC, SERVICE_MEMORY } from '../system/node-flags.ts';
import { contentsOf, imageNames, OPERATIONS } from './contents.ts';
import { packagesWith } from './packages.ts';
import { sbomOf } from './sbom.ts';
import { importsOf, trace } from './trace.ts';

const CHECKOUT = path.resolve(import.meta.dirname, '../..');
const DOCKERFILE = path.join(CHECKOUT, 'Dockerfile');

describe('what a program imports', () => {
  it('is read from its import lines, of one line and of several, by name and at run time', () => {
    const source = [
      "import a from 'a';",
      "import {\n  type B,\n  c,\n} from './b.ts';",
      "import 'd';",
      "export * from 'e';",
      "const f = await import('f');",
      "import * as g from '@scope/g/deep';",
    ].join('\n');
    expect(importsOf(source).sort()).toEqual(['./b.ts', '@scope/g/deep', 'a', 'd', 'e', 'f']);
  });

  it('is not what only its types come from', () => {
    expect(importsOf("import type { A } from 'a';\nexport type { B } from 'b';")).toEqual([]);
  });

  it('is followed to the last file of ours: the image of the tools holds the auditor and nothing of a service', () => {
    const { entries } = contentsOf(OPERATIONS, CHECKOUT);
    const { files, packages } = trace(entries, CHECKOUT);
    expect(files).toEqual(
      expect.arrayContaining(['topology.ts', 'audit/audit.ts', 'tools/infrastructure/postgres-roles.ts']),
    );
    expect(files.filter((file) => file.startsWith('services/') || file.endsWith('.test.ts'))).toEqual([]);
    expect([...new Set(packages.map(({ name }) => name))].sort()).toEqual(['@grpc/proto-loader', 'kafkajs', 'pg']);
  });
});

describe('a package of others', () => {
  it('is found as node finds it: in the nearest node_modules above the file that imports it', () => {
    const checkout = mkdtempSync(path.join(tmpdir(), 'seams-packages-'));
    const put = (folder: string, manifest: object): void => {
      mkdirSync(path.join(checkout, folder), { recursive: true });
      writeFileSync(path.join(checkout, folder, 'package.json'), JSON.stringify(manifest));
    };
    try {
      put('node_modules/a', { name: 'a', version: '1.0.0' });
      put('libs/x/node_modules/a', { name: 'a', version: '2.0.0', dependencies: { b: '*' } });
      put('node_modules/b', { name: 'b', version: '1.0.0', dependencies: { a: '*' } });
      const folders = (from: string): string[] =>
        packagesWith([{ name: 'a', from }], checkout).map(({ folder, version }) => `${folder} ${version}`);
      expect(folders('libs/y/dist')).toEqual(['node_modules/a 1.0.0']);
      expect(folders('libs/x/dist')).toEqual([
        'libs/x/node_modules/a 2.0.0',
        'node_modules/a 1.0.0',
        'node_modules/b 1.0.0',
      ]);
      expect(() => packagesWith([{ name: 'c', from: 'libs/x/dist' }], checkout)).toThrow('c is not installed');
    } finally {
      rmSync(checkout, { recursive: true, force: true });
    }
  });
});

describe('the Dockerfile', () => {
  it('says the Node, the memory flags and the malloc settings that the rest of the project uses', () => {
    const { command, env, entrypoint } = lastStageOf(DOCKERFILE, 'gateway');
    expect(command).toEqual([...SERVICE_MEMORY, 'main.js']);
    expect(env).toEqual(expect.arrayContaining(Object.entries(MALLOC).map(([name, value]) => `${name}=${value}`)));
    expect(entrypoint).toEqual(['/nodejs/bin/node']);
    const version = readFileSync(path.join(CHECKOUT, '.nvmrc'), 'utf8').trim();
    expect(readFileSync(DOCKERFILE, 'utf8')).toContain(`\nARG NODE_VERSION=${version}\n`);
  });

  it('makes an image that is not root’s and is named after its service', () => {
    const { user, workdir, labels } = lastStageOf(DOCKERFILE, 'storage');
    expect({ user, workdir }).toEqual({ user: '65532:65532', workdir: '/seams' });
    expect(labels['org.opencontainers.image.title']).toBe('seams/storage');
  });
});

describe('an image', () => {
  it.each(imageNames)('of %s has data files and programs that exist', (name) => {
    const { entries, data } = contentsOf(name, CHECKOUT);
    const sources = entries.map((entry) => entry.replace(/\/dist\/(.*)\.js$/, '/src/$1.ts'));
    expect([...sources, ...data].filter((file) => !existsSync(path.join(CHECKOUT, file)))).toEqual([]);
    expect(data.length).toBeGreaterThan(0);
  });

  it('that nobody knows is refused with the names of those that are', () => {
    expect(() => contentsOf('waiter', CHECKOUT)).toThrow('there is no image "waiter": name one of gateway, auth');
  });

  it('lists what of others is inside with the hash that the lock file pins', () => {
    const pg = { name: 'pg', version: '8.23.1', license: 'MIT', folder: 'node_modules/pg' };
    const [component] = (JSON.parse(sbomOf('storage', [pg], CHECKOUT)) as { components: object[] }).components;
    expect(component).toMatchObject({ purl: 'pkg:npm/pg@8.23.1', hashes: [{ alg: 'SHA-512' }] });
  });

  it('has the same layer for the same files, whenever they were made', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'seams-layer-'));
    try {
      const make = async (name: string): Promise<string> => {
        const root = mkdtempSync(path.join(folder, 'root-'));
        writeFileSync(path.join(root, 'b'), 'two');
        writeFileSync(path.join(root, 'a'), 'one');
        return (await layerOf(root, path.join(folder, name))).sha256;
      };
      expect(await make('first.tar')).toBe(await make('second.tar'));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('has the name that containerd completes a short one to', () => {
    expect(['postgres:18', 'seams/auth:1', 'ghcr.io/x/y:1', 'localhost:5000/z:1'].map(full)).toEqual([
      'docker.io/library/postgres:18',
      'docker.io/seams/auth:1',
      'ghcr.io/x/y:1',
      'localhost:5000/z:1',
    ]);
  });
});
