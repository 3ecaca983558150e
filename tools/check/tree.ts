/**
 * What the rules look at: the files of one tree, read once. The project is one; the canary's fixture is another,
 * so no rule may know where the project stands.
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { type Source, sourceOf } from './source.ts';

/** One thing that a rule refuses: where, which rule, and what to do instead. */
export interface Breach {
  readonly file: string;
  readonly line: number;
  readonly rule: string;
  readonly instead: string;
}

export interface Tree {
  readonly root: string;
  /** Relative to the root, with slashes, sorted. Without what is generated or installed. */
  readonly files: readonly string[];
  read(file: string): string;
  /** The TypeScript files, parsed. */
  sources(): readonly Source[];
  has(path: string): boolean;
}

/** What git ignores, and git itself. Fixed, so that a tree without git can be read too. */
const NOT_OURS = new Set(['node_modules', 'dist', '.git', '.nx', '.seams', 'coverage']);

export function treeOf(root: string): Tree {
  const exclude = (entry: { name: string }): boolean => NOT_OURS.has(entry.name);
  const files = globSync('**', { cwd: root, withFileTypes: true, exclude })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(root.length + 1)
        .replaceAll(sep, '/'),
    )
    .sort();
  const texts = new Map<string, string>();
  const read = (file: string): string => {
    const text = texts.get(file) ?? readFileSync(join(root, file), 'utf8');
    texts.set(file, text);
    return text;
  };
  let sources: Source[] | undefined;
  return {
    root,
    files,
    read,
    sources: () => (sources ??= files.filter(isHandWritten).map((file) => sourceOf(file, read(file)))),
    has: (path) => existsSync(join(root, path)),
  };
}

const isHandWritten = (file: string): boolean => file.endsWith('.ts') && !file.includes('/generated/');

/** Who may call whom: topology.ts, or the canary's. */
export type Arrows = readonly { readonly from: string; readonly to: string }[];

/** Tests, and what only they read: under a test/ folder, or in e2e/. */
export const isTest = (file: string): boolean =>
  file.endsWith('.test.ts') || /^(libs|services)\/[^/]+\/test\//.test(file) || file.startsWith('e2e/');

/** The five names that are the same in every service, and the two that some have. All else in src/ is a capability. */
export const isCapability = (file: string): boolean =>
  /^services\/[^/]+\/src\//.test(file) &&
  !isTest(file) &&
  !/^services\/[^/]+\/src\/((edge|outbound|naive)\/|(main|config|service|migrate|rebuild)\.ts$)/.test(file);
