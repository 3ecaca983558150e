/**
 * package-lock.json must name every optional package of every platform, or `npm ci` refuses it elsewhere.
 *
 * npm writes only those that it can reach: from a registry that lacks some platforms' binaries, 67 of them were left
 * out, and `npm ci` in a fresh clone ended with "Missing: … from lock file", on Linux too. An entry with its version,
 * system and processor is enough: npm skips those of other platforms without asking for them.
 *
 * And it must name no `engines` of a package: with engine-strict npm compares them with the Node that npm runs on, which may be 20
 * (README), and refuses packages for Node 22. They run on the Node 24 of node_modules.
 *
 *   node tools/check/lockfile.ts --write     adds and takes out what is wrong (after `npm install`)
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Breach } from './tree.ts';

interface Entry {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly engines?: unknown;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

export interface Lock {
  readonly packages: Readonly<Record<string, Entry>>;
}

export const lockRule = 'lock-names-every-platform';

export const engineRule = 'lock-asks-for-no-engine';

export function lockBreaches(text: string): Breach[] {
  const lock = JSON.parse(text) as Lock;
  return [
    ...breachOf(lockRule, Object.keys(missingFrom(lock)), 'are missing, and npm ci would refuse the file'),
    ...breachOf(
      engineRule,
      withEngines(lock),
      'name engines, and npm ci with engine-strict would refuse them on Node 20',
    ),
  ];
}

function breachOf(rule: string, [first, ...others]: readonly string[], what: string): Breach[] {
  if (first === undefined) return [];
  const instead = `${first} and ${others.length} more ${what}: run node tools/check/lockfile.ts --write`;
  return [{ file: 'package-lock.json', line: 1, rule, instead }];
}

/** All packages but this project, which names the Node that npm may run on. */
export const withEngines = ({ packages }: Lock): string[] =>
  Object.keys(packages).filter((path) => path !== '' && packages[path]?.engines !== undefined);

const withoutEngines = (entry: Entry): Entry =>
  Object.fromEntries(Object.entries(entry).filter(([field]) => field !== 'engines'));

/** By the path under which the lock file would name them. */
export function missingFrom({ packages }: Lock): Record<string, Entry> {
  const missing: Record<string, Entry> = {};
  for (const [path, { optionalDependencies = {}, dev }] of Object.entries(packages)) {
    for (const [name, range] of Object.entries(optionalDependencies)) {
      if (foldersSeenFrom(path).some((folder) => `${folder}node_modules/${name}` in packages)) continue;
      // alphabetical, as npm writes them
      missing[`node_modules/${name}`] = {
        version: range.replace(/^[~^]/, ''),
        ...only('cpu', cpuOf(name)),
        ...(dev === undefined ? {} : { dev }),
        ...only('libc', libcOf(name)),
        optional: true,
        ...only('os', osOf(name)),
      };
    }
  }
  return missing;
}

/** `node_modules/a/node_modules/b` sees what lies in itself, in a, and at the top. */
function foldersSeenFrom(path: string): string[] {
  const parts = path.split('/node_modules/');
  return ['', ...parts.map((_, index) => `${parts.slice(0, index + 1).join('/node_modules/')}/`)];
}

const only = <K extends string>(key: K, value: string | undefined): Partial<Record<K, string[]>> =>
  value === undefined ? {} : ({ [key]: [value] } as Record<K, string[]>);

const wordsOf = (name: string): string[] => name.split(/[-/]/);
const OS: Readonly<Record<string, string>> = { windows: 'win32' };
const CPU: Readonly<Record<string, string>> = { armv7: 'arm' };

const osOf = (name: string): string | undefined => {
  const word = wordsOf(name).find((one) =>
    /^(aix|android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|win32|windows)$/.test(one),
  );
  return word && (OS[word] ?? word);
};
const cpuOf = (name: string): string | undefined => {
  const word = wordsOf(name).find((one) =>
    /^(arm|armv7|arm64|ia32|loong64|mips64el|ppc64|riscv64|s390x|x64)$/.test(one),
  );
  return word && (CPU[word] ?? word);
};
const libcOf = (name: string): string | undefined =>
  /musl/.test(name) ? 'musl' : /linux-.*gnu/.test(name) ? 'glibc' : undefined;

function complete(file: string): number {
  const lock = JSON.parse(readFileSync(file, 'utf8')) as Lock;
  const missing = missingFrom(lock);
  const sorted = Object.entries({ ...lock.packages, ...missing })
    .map(([path, entry]) => [path, path === '' ? entry : withoutEngines(entry)] as const)
    .sort(([a], [b]) => a.localeCompare(b, 'en'));
  writeFileSync(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, undefined, 2)}\n`);
  return Object.keys(missing).length;
}

if (import.meta.main) {
  const file = join(import.meta.dirname, '..', '..', 'package-lock.json');
  if (process.argv[2] === '--write')
    console.log(`added ${complete(file)} packages of other platforms to package-lock.json`);
  else for (const { instead } of lockBreaches(readFileSync(file, 'utf8'))) console.error(instead);
}
