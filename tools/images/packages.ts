/** Packages of others with all that they need, as npm laid them out in node_modules. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Import } from './trace.ts';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

export interface Package {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  /** From the checkout: "node_modules/a", "node_modules/a/node_modules/b" or "libs/x/node_modules/a". */
  readonly folder: string;
}

/** @throws Error when one is needed and not installed */
export function packagesWith(imports: readonly Import[], checkout: string): Package[] {
  const found = new Map<string, Package>();
  const open: { readonly name: string; readonly from: string; readonly needed: boolean }[] = imports.map((each) => ({
    ...each,
    needed: true,
  }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const folder = folderOf(next.name, next.from, checkout);
    if (folder === undefined) {
      if (next.needed) throw new Error(`${next.name} is not installed: run \`npm ci\` first`);
      continue;
    }
    if (found.has(folder)) continue;
    const manifest = JSON.parse(readFileSync(path.join(checkout, folder, 'package.json'), 'utf8')) as Manifest;
    const { name, version, license = 'NOASSERTION' } = manifest;
    found.set(folder, { name, version, license: typeof license === 'string' ? license : 'NOASSERTION', folder });
    for (const [each, needed] of needsOf(manifest)) open.push({ name: each, from: folder, needed });
  }
  return [...found.values()].sort((a, b) => (a.folder < b.folder ? -1 : 1));
}

/** Which of optional ones is there npm has decided, by platform. A peer that may be missing is not drawn in by us. */
function needsOf(manifest: Manifest): [string, boolean][] {
  const { dependencies = {}, optionalDependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} } = manifest;
  return [
    ...Object.keys(dependencies).map((name): [string, boolean] => [name, !(name in optionalDependencies)]),
    ...Object.keys(optionalDependencies).map((name): [string, boolean] => [name, false]),
    ...Object.keys(peerDependencies)
      .filter((name) => !peerDependenciesMeta[name]?.optional)
      .map((name): [string, boolean] => [name, false]),
  ];
}

/** As node looks for it: in the nearest node_modules above. */
function folderOf(name: string, from: string, checkout: string): string | undefined {
  for (let at = from; ; at = path.posix.dirname(at)) {
    const folder = path.posix.join(at, 'node_modules', name);
    if (existsSync(path.join(checkout, folder, 'package.json'))) return folder;
    if (at === '.') return undefined;
  }
}
