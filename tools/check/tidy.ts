/** Rules about names, places and texts. To add one: a function, a line in `tidyRules`, and a breach in tools/canary/breaches.ts. */
import { type Arrows, type Breach, isCapability, isTest, type Tree } from './tree.ts';
import { WALL_CLOCK_READERS } from './wall-clock.ts';

export interface Rule {
  readonly name: string;
  readonly instead: string;
  /** Where the rule is broken; the name and the advice are added. */
  find(tree: Tree, arrows: Arrows): Place[];
}

export interface Place {
  readonly file: string;
  readonly line: number;
  /** What was found, when the line alone does not say it. */
  readonly found?: string;
}

export const tidyRules: readonly Rule[] = [
  {
    name: 'names-say-what',
    instead: 'name it after what it does: common, shared, utils, helpers, base, misc and manager say nothing',
    find: (tree) => tree.files.filter(hasEmptyName).map((file) => ({ file, line: 1 })),
  },
  {
    name: 'sql-in-stores',
    instead: 'move the statement into the *-store.ts beside the table it owns, or into a migration (*.sql)',
    find: (tree) =>
      tree
        .sources()
        .flatMap(({ file, literals }) =>
          mayHoldSql(file) ? [] : literals.filter(({ text }) => isSql(text)).map(({ line }) => ({ file, line })),
        ),
  },
  {
    name: 'capability-reads-no-clock',
    instead: 'a capability takes the time as an argument or asks a port now(), so that a test can choose it',
    find: (tree) =>
      tree
        .sources()
        .flatMap(({ file, clockReads }) => (isCapability(file) ? clockReads.map((line) => ({ file, line })) : [])),
  },
  {
    name: 'durations-are-monotonic',
    instead:
      'measure with performance.now(), which no one sets back; for the time of an event, name it in wall-clock.ts',
    find: (tree) =>
      tree
        .sources()
        .flatMap(({ file, wallClockReads }) =>
          mayReadWallClock(file) ? [] : wallClockReads.map((line) => ({ file, line })),
        )
        .concat(idleReaders(tree)),
  },
  {
    name: 'tests-wait-for-conditions',
    instead:
      'wait for the condition with eventually() of @seams/testkit: a fixed sleep is too short on a slow machine and too long on a quick one',
    find: (tree) =>
      tree.sources().flatMap(({ file, sleeps }) => (isTest(file) ? sleeps.map((line) => ({ file, line })) : [])),
  },
  {
    name: 'arrow-has-client',
    instead: 'write services/<from>/src/outbound/<to>.ts, or take the arrow out of topology.ts',
    find: (tree, arrows) =>
      arrows
        .filter(({ from, to }) => !tree.has(clientOf(from, to)))
        .map(({ from, to }) => ({
          file: 'topology.ts',
          line: lineOfArrow(tree.read('topology.ts'), from, to),
          found: `${from} calls ${to}, and ${clientOf(from, to)} does not exist`,
        })),
  },
  {
    name: 'client-has-arrow',
    instead: 'a service calls only whom topology.ts names: add the arrow with its budget, or remove the client',
    find: (tree, arrows) =>
      tree.files.filter((file) => isClientWithoutArrow(file, tree, arrows)).map((file) => ({ file, line: 1 })),
  },
  {
    name: 'named-files-exist',
    instead: 'the page names a file that does not exist: follow the rename, or remove the line',
    find: (tree) => tree.files.filter(isMap).flatMap((file) => missingNames(tree, file)),
  },
];

export function tidyBreaches(tree: Tree, arrows: Arrows): Breach[] {
  return tidyRules.flatMap(({ name, instead, find }) =>
    find(tree, arrows).map(({ file, line, found }) => ({
      file,
      line,
      rule: name,
      instead: found === undefined ? instead : `${found}: ${instead}`,
    })),
  );
}

const EMPTY_NAMES = new Set(['common', 'shared', 'util', 'utils', 'helper', 'helpers', 'base', 'misc', 'manager']);

/** Whole words of a path: `order-utils.ts` and `utils/` are refused, `tsconfig.base.json` is a name that tools know. */
function hasEmptyName(file: string): boolean {
  if (/^tsconfig\.base\.json$/.test(file)) return false;
  return file.split('/').some((part) =>
    part
      .toLowerCase()
      .split(/[-_.]/)
      .some((word) => EMPTY_NAMES.has(word)),
  );
}

/** A capability has a stricter rule. Labs, benches and tests are free: they print what one short run took. */
const mayReadWallClock = (file: string): boolean =>
  isTest(file) || isCapability(file) || !/^(libs|services|tools|audit|load)\//.test(file) || file in WALL_CLOCK_READERS;

/** An entry that outlives its reason would let the next duration in. */
const idleReaders = (tree: Tree): Place[] =>
  tree
    .sources()
    .filter(({ file, wallClockReads }) => file in WALL_CLOCK_READERS && wallClockReads.length === 0)
    .map(({ file }) => ({ file, line: 1, found: `${file} is in wall-clock.ts and does not read Date.now` }));

const mayHoldSql = (file: string): boolean =>
  file.endsWith('-store.ts') || isTest(file) || /^(libs\/postgres|libs\/testkit|tools|audit)\//.test(file);

/** Keywords in capitals anywhere, or a literal that begins like a statement: prose does neither. */
const isSql = (text: string): boolean =>
  /\bSELECT\b[\s\S]*\bFROM\b|\bINSERT\s+INTO\b|\bUPDATE\s+\S+\s+SET\b|\bDELETE\s+FROM\b/.test(text) ||
  /^\s*(select\s[\s\S]*\sfrom\s+[\w."]+(\s+(where|order|limit|for|join)\b|\s*;?\s*$)|insert\s+into\s|update\s+\S+\s+set\s|delete\s+from\s)/i.test(
    text,
  ) ||
  /^\s*SELECT\s/.test(text);

const clientOf = (from: string, to: string): string => `services/${from}/src/outbound/${to}.ts`;

function lineOfArrow(text: string, from: string, to: string): number {
  const at = text.search(new RegExp(`from:\\s*'${from}',\\s*to:\\s*'${to}'`));
  return at === -1 ? 1 : text.slice(0, at).split('\n').length;
}

/** A client of a service. Clients of outside systems (a card provider) are not the topology's arrows. */
function isClientWithoutArrow(file: string, tree: Tree, arrows: Arrows): boolean {
  const [, from, to] = /^services\/([^/]+)\/src\/outbound\/([^/]+)\.ts$/.exec(file) ?? [];
  if (from === undefined || to === undefined || !tree.has(`services/${to}`)) return false;
  return !arrows.some((arrow) => arrow.from === from && arrow.to === to);
}

/** The pages that are maps of the code. Decisions are not: they tell what was. */
const isMap = (file: string): boolean =>
  file === 'ARCHITECTURE.md' ||
  file === 'README.md' ||
  /^docs\/flows\/.*\.md$/.test(file) ||
  /^services\/[^/]+\/README\.md$/.test(file);

function missingNames(tree: Tree, page: string): Place[] {
  return tree
    .read(page)
    .split('\n')
    .flatMap((text, index) =>
      [...text.matchAll(/`([^`\s]+)`/g)]
        .map((match) => String(match[1]).replace(/(:\d+(-\d+)?|#.*|\/)$/, ''))
        .filter((name) => looksLikeFile(tree, name) && !isThere(tree, page, name))
        .map((name) => ({ file: page, line: index + 1, found: `\`${name}\`` })),
    );
}

/** `libs/call` and `order-store.ts`, not `/v1/orders`, `text/plain` or `services/<name>`. */
function looksLikeFile(tree: Tree, name: string): boolean {
  if (/^(\/|@|https?:)|[<>(){}=$"'…]/.test(name)) return false;
  const first = name.split('/')[0] ?? '';
  if (/^(\.seams|\.nx|node_modules|dist)$/.test(first) || /\/dist(\/|$)/.test(name)) return false;
  if (/\.(ts|tsx|mjs|json|md|sql|proto|ya?ml|sh)$/.test(name)) return true;
  return name.includes('/') && tree.files.some((file) => file.startsWith(`${first}/`));
}

function isThere(tree: Tree, page: string, name: string): boolean {
  const fromPage = page.split('/').slice(0, -1).concat(name.replace(/^\.\//, '')).join('/');
  const pattern = new RegExp(`(^|/)${name.split('*').map(escaped).join('[^/]*')}(/|$)`);
  return tree.has(name) || tree.has(fromPage) || tree.files.some((file) => pattern.test(file));
}

const escaped = (text: string): string => text.replace(/[.+?^$()[\]{}|\\]/g, '\\$&');
