/**
 * Who may import whom, checked twice: over the import statements, which say where, and over Nx's graph of projects,
 * which says what a build or a deployment would really pull in.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { type Breach, isTest, type Tree } from './tree.ts';

/** A library imports only lower ranks; `testkit` is for tests alone. A new library gets its line here. */
const RANKS: Readonly<Record<string, number>> = {
  'access-tokens': 1,
  cache: 0,
  call: 0,
  contracts: 0,
  telemetry: 1,
  lifecycle: 2,
  messaging: 2,
  postgres: 2,
  resilience: 2,
  rpc: 2,
  testkit: 3,
};

/** All services in one process: the only place that may import a service, by its name and as its service.ts offers it. */
const COMPOSITION = 'single';

/** Each rule with what to do instead. The canary has one breach for each. */
export const boundaryRules = {
  'service-imports-no-service': 'call it over gRPC (src/outbound/) or move what both need into libs/',
  'library-imports-lower-rank':
    'libraries import only lower ranks (RANKS in tools/check/boundaries.ts): pass it in as an argument, or move it down',
  'library-imports-no-service': 'a library knows no service: pass what it needs as an argument',
  'composition-alone-imports-services':
    'a service is started or asked over its ports; only single/ puts services together, and bench/<service>/ measures one alone',
  'nobody-imports-the-composition':
    'single/ is a process: start it (npm run start:single), or move what you need into libs/',
  'library-has-rank': 'say where the library stands: add its line to RANKS in tools/check/boundaries.ts',
  'testkit-in-tests-only': 'testkit is for tests: what the running system needs belongs into another library',
  'import-by-package-name': 'import another package by its name (@seams/…), as its index.ts offers it',
  'dependency-is-declared': 'add it to this package.json: the build order and the graph are made from there',
  'e2e-is-black-box': 'drive the started system through its public interfaces',
  'graph-service-depends-on-no-service':
    'remove the dependency from package.json: services meet over gRPC and Kafka only',
  'graph-nobody-depends-on-the-composition':
    'remove the dependency from package.json: single/ is a process, not a library',
  'graph-library-depends-on-lower-rank': 'remove the dependency from package.json, or move what is needed down a rank',
  'graph-testkit-is-dev-only': 'name testkit under devDependencies: the running system must not carry it',
  'graph-knows-every-project':
    'Nx does not see this package, so its boundaries are not guarded: give it a package.json in the workspaces',
} as const satisfies Record<string, string>;

export type BoundaryRule = keyof typeof boundaryRules;

const breach = (rule: BoundaryRule, file: string, line: number): Breach => ({
  file,
  line,
  rule,
  instead: boundaryRules[rule],
});

/** `libs/call`, `services/storage`, `single`, or undefined for what belongs to no package of ours. */
const packageOf = (path: string): string | undefined => /^((libs|services)\/[^/]+|single)(?=\/|$)/.exec(path)?.[0];
const isLibrary = (packagePath: string): boolean => packagePath.startsWith('libs/');
const isService = (packagePath: string): boolean => packagePath.startsWith('services/');
const rankOf = (packagePath: string): number | undefined => RANKS[packagePath.slice('libs/'.length)];

export function importBreaches(tree: Tree): Breach[] {
  const packages = packagesOf(tree);
  const unranked = [...packages.values()].filter((path) => isLibrary(path) && rankOf(path) === undefined);
  return [
    ...unranked.map((path) => breach('library-has-rank', `${path}/package.json`, 1)),
    ...tree.sources().flatMap(({ file, imports }) =>
      imports.flatMap(({ specifier, line }) => {
        const rule = brokenBy(tree, packages, file, specifier);
        return rule === undefined ? [] : [breach(rule, file, line)];
      }),
    ),
  ];
}

/** @seams/call → libs/call */
function packagesOf(tree: Tree): Map<string, string> {
  const manifests = tree.files.filter((file) => /^((libs|services)\/[^/]+|single)\/package\.json$/.test(file));
  return new Map(manifests.map((file) => [manifestOf(tree, file).name, file.slice(0, -'/package.json'.length)]));
}

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const manifestOf = (tree: Tree, file: string): Manifest => JSON.parse(tree.read(file)) as Manifest;

function brokenBy(
  tree: Tree,
  packages: Map<string, string>,
  file: string,
  specifier: string,
): BoundaryRule | undefined {
  const from = packageOf(file);
  const byName = /^@seams\/[^/]+/.exec(specifier)?.[0];
  const path = specifier.startsWith('.') ? posix.join(posix.dirname(file), specifier) : undefined;
  const to = byName === undefined ? packageOf(path ?? '') : packages.get(byName);
  if (to === undefined || to === from) return undefined;

  if (to === COMPOSITION) return 'nobody-imports-the-composition';
  if (file.startsWith('e2e/')) return isService(to) ? 'e2e-is-black-box' : undefined;
  if (from === undefined)
    return isService(to) && !isBenchOf(to, file) ? 'composition-alone-imports-services' : undefined;
  const forbidden = forbiddenBetween(from, to, isTest(file));
  if (forbidden !== undefined) return forbidden;
  if (path !== undefined || /^@seams\/[^/]+\/(src|dist)\b/.test(specifier)) return 'import-by-package-name';
  return isDeclared(tree, from, String(byName), isTest(file)) ? undefined : 'dependency-is-declared';
}

/** `bench/storage/` measures the inside of services/storage, without what stands before it. */
const isBenchOf = (service: string, file: string): boolean => file.startsWith(`bench/${posix.basename(service)}/`);

function forbiddenBetween(from: string, to: string, inTest: boolean): BoundaryRule | undefined {
  if (to === 'libs/testkit') return inTest ? undefined : 'testkit-in-tests-only';
  if (from === COMPOSITION) return undefined;
  if (isService(from)) return isService(to) ? 'service-imports-no-service' : undefined;
  if (isService(to)) return 'library-imports-no-service';
  return inTest || isLower(to, from) ? undefined : 'library-imports-lower-rank';
}

/** A library without a rank has its own breach, so it is not counted twice. */
const isLower = (to: string, from: string): boolean => (rankOf(to) ?? -1) < (rankOf(from) ?? Number.POSITIVE_INFINITY);

/** Tests may take testkit and other libraries from the workspace: they are never built or deployed. */
function isDeclared(tree: Tree, from: string, name: string, inTest: boolean): boolean {
  const { dependencies, devDependencies } = manifestOf(tree, `${from}/package.json`);
  return inTest || name in { ...dependencies, ...devDependencies };
}

/** As much of Nx's graph as the rules read. */
export interface ProjectGraph {
  readonly nodes: Readonly<Record<string, { readonly data: { readonly root: string } }>>;
  readonly dependencies: Readonly<Record<string, readonly { readonly target: string }[]>>;
}

export function graphOf(root: string): ProjectGraph {
  const folder = mkdtempSync(join(tmpdir(), 'seams-graph-'));
  try {
    const file = join(folder, 'graph.json');
    execFileSync(process.execPath, [join(root, 'node_modules/.bin/nx'), 'graph', `--file=${file}`], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    return (JSON.parse(readFileSync(file, 'utf8')) as { graph: ProjectGraph }).graph;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function graphBreaches(tree: Tree, graph: ProjectGraph): Breach[] {
  const rootOf = (name: string): string | undefined => graph.nodes[name]?.data.root;
  const known = new Set(Object.values(graph.nodes).map(({ data }) => data.root));
  const unknown = [...packagesOf(tree).values()].filter((path) => !known.has(path));
  const edges = Object.entries(graph.dependencies).flatMap(([source, targets]) =>
    targets.map(({ target }) => ({ from: rootOf(source), to: rootOf(target), target })),
  );
  return [
    ...unknown.map((path) => breach('graph-knows-every-project', `${path}/package.json`, 1)),
    ...edges.flatMap(({ from, to, target }) => {
      const rule = from === undefined || to === undefined ? undefined : edgeBreaks(tree, from, to);
      if (rule === undefined) return [];
      const manifest = `${from}/package.json`;
      return [breach(rule, manifest, tree.has(manifest) ? lineOf(tree.read(manifest), `"${target}"`) : 1)];
    }),
  ];
}

function edgeBreaks(tree: Tree, from: string, to: string): BoundaryRule | undefined {
  if (packageOf(from) === undefined || packageOf(to) === undefined) return undefined;
  if (to === COMPOSITION) return 'graph-nobody-depends-on-the-composition';
  if (to === 'libs/testkit') return carriesTestkit(tree, from) ? 'graph-testkit-is-dev-only' : undefined;
  if (from === COMPOSITION) return undefined;
  if (isService(to)) return 'graph-service-depends-on-no-service';
  return isService(from) || isLower(to, from) ? undefined : 'graph-library-depends-on-lower-rank';
}

const carriesTestkit = (tree: Tree, from: string): boolean =>
  '@seams/testkit' in (manifestOf(tree, `${from}/package.json`).dependencies ?? {});

const lineOf = (text: string, part: string): number =>
  text.slice(0, Math.max(0, text.indexOf(part))).split('\n').length;
