/**
 * The files that a program imports, and the packages of others. Followed by reading the import lines, so that an image
 * holds what runs and no more; a name made at run time would be missed, and the image says so when it starts.
 */
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';

export interface Traced {
  /** From the checkout, sorted. */
  readonly files: readonly string[];
  /** Packages of others that these files import by name. */
  readonly packages: readonly Import[];
}

/** A package of others, and a folder from which it is imported: two folders may have two versions of it. */
export interface Import {
  readonly name: string;
  readonly from: string;
}

const OURS = '@seams/';
const IMPORTS = [
  /^\s*(?:import|export)\s(?!type\s)[^'";]*?\sfrom\s*['"]([^'"]+)['"]/gm,
  /^\s*import\s*['"]([^'"]+)['"]/gm,
  /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g,
];

export function trace(entries: readonly string[], checkout: string): Traced {
  const files = new Set<string>();
  const packages = new Map<string, Import>();
  const open = [...entries];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (files.has(file)) continue;
    files.add(file);
    for (const name of importsOf(readFileSync(path.join(checkout, file), 'utf8'))) {
      if (name.startsWith('node:')) continue;
      if (name.startsWith('.')) open.push(path.posix.join(path.posix.dirname(file), name));
      else if (name.startsWith(OURS)) {
        const { manifest, main } = ofOurs(name, checkout);
        files.add(manifest);
        open.push(main);
      } else {
        const imported = { name: packageOf(name), from: path.posix.dirname(file) };
        packages.set(JSON.stringify(imported), imported);
      }
    }
  }
  return { files: [...files].sort(), packages: [...packages.values()] };
}

export const importsOf = (source: string): string[] =>
  IMPORTS.flatMap((pattern) => [...source.matchAll(pattern)].map(([, name]) => name as string));

/** "pg/lib/x" and "@nestjs/core/y" are files of the packages pg and @nestjs/core. */
const packageOf = (name: string): string =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');

/** A package of the workspace, as node finds it: by what its package.json exports. */
function ofOurs(name: string, checkout: string): { manifest: string; main: string } {
  const folder = path.relative(realpathSync(checkout), realpathSync(path.join(checkout, 'node_modules', name)));
  const manifest = path.posix.join(folder.split(path.sep).join('/'), 'package.json');
  const { exports } = JSON.parse(readFileSync(path.join(checkout, manifest), 'utf8')) as {
    exports: Readonly<Record<string, { readonly default: string }>>;
  };
  const main = exports['.'] && path.posix.join(path.posix.dirname(manifest), exports['.'].default);
  if (!main || !existsSync(path.join(checkout, main)))
    throw new Error(`${name} is not built: run \`npx tsc -b\` first`);
  return { manifest, main };
}
