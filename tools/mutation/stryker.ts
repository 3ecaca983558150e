/** Stryker, which makes the mutants and runs jest on each. Not among the packages of this project: 177 of its own, 62 MB. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { environment, root } from '../check/run.ts';
import { type MutationPart, mutationParts, notMutated, SCORE_MIN } from './parts.ts';
import { inherited } from './spawn.ts';

const VERSION = '10.0.0';
const PACKAGES = ['@stryker-mutator/core', '@stryker-mutator/jest-runner'] as const;
const CACHE = process.env.SEAMS_CACHE || path.join(root, '.seams/cache');
const installed = path.join(CACHE, `stryker-${VERSION}`);
const moduleOf = (file: string): string => path.join(installed, 'node_modules', file);

/** What the sandbox needs: the packages are linked into it, and those of this project resolve to their own sources. */
const COPIED = ['audit', 'services', 'protos', 'tools', 'topology.ts', 'package.json', 'jest.config.mjs'];

/** Installs Stryker once, into the folder of downloads. */
export async function installStryker(): Promise<void> {
  if (existsSync(moduleOf('installed'))) return;
  console.log(`installing Stryker ${VERSION} into ${path.relative(root, installed)} (once, 62 MB)`);
  mkdirSync(installed, { recursive: true });
  const dependencies = Object.fromEntries(PACKAGES.map((name) => [name, VERSION]));
  writeFileSync(path.join(installed, 'package.json'), JSON.stringify({ private: true, dependencies }));
  // The machine's Node, which npm runs on, may be older than the one that Stryker runs on: ours.
  const options = ['--engine-strict=false', '--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts'];
  const code = await inherited(['npm', 'install', ...options], installed, environment());
  if (code !== 0) throw new Error(`npm could not install Stryker (exit code ${code})`);
  writeFileSync(moduleOf('installed'), '');
}

export interface MutationRun {
  readonly part: MutationPart;
  readonly concurrency: number;
  /** One source of the part instead of all. */
  readonly file?: string | undefined;
}

/** Mutates a part, shows how far it is, and gives the file of its report. */
export async function runStryker({ part, concurrency, file }: MutationRun): Promise<string> {
  const folder = folderOf(part.name);
  mkdirSync(folder, { recursive: true });
  const config = path.join(folder, 'stryker.config.json');
  writeFileSync(config, JSON.stringify(configOf({ part, concurrency, file }, folder), undefined, 2));
  const report = path.join(folder, 'mutation.json');
  rmSync(report, { force: true });
  const stryker = moduleOf('@stryker-mutator/core/bin/stryker.js');
  const code = await inherited([process.execPath, stryker, 'run', config], root, environment());
  removeSandboxes();
  if (code !== 0) throw new Error(`Stryker ended with exit code ${code} on ${part.name} and says why above`);
  return report;
}

const folderOf = (part: string): string => path.join(root, '.seams/mutation', part);

/** The copy of the sources, by process: two runs may go on at once. */
const sandboxIn = (folder: string): string => path.join(folder, `sandbox-${process.pid}`);

/** Stryker leaves its copy when it is stopped. */
export function removeSandboxes(): void {
  for (const { name } of mutationParts) rmSync(sandboxIn(folderOf(name)), { recursive: true, force: true });
}

const configOf = ({ part, concurrency, file }: MutationRun, folder: string): object => ({
  plugins: [
    moduleOf('@stryker-mutator/jest-runner/dist/src/index.js'),
    path.join(import.meta.dirname, 'ignore-sql.mjs'),
  ],
  mutate: file === undefined ? [...part.mutate, '!**/*.test.ts', ...leftOut] : [file],
  ignorers: ['sql'],
  testRunner: 'jest',
  testRunnerNodeArgs: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
  jest: {
    configFile: 'tools/mutation/jest.config.mjs',
    // jest looks for files in these folders only: half a second less for each mutant.
    config: { testMatch: part.tests.map((glob) => `<rootDir>/${glob}`), roots: rootsOf(part) },
    enableFindRelatedTests: true,
  },
  coverageAnalysis: 'perTest',
  // Long, because a time-out counts as noticed and a busy machine must not raise the score; loops are counted, not timed.
  timeoutMS: 60_000,
  concurrency,
  // jest lets no module of a run go: after 250 runs a runner held 4 GB and was four times as slow.
  maxTestRunnerReuse: 40,
  ignorePatterns: ['/*', ...COPIED.map((name) => `!/${name}`)],
  tempDirName: sandboxIn(folder),
  reporters: [process.stdout.isTTY ? 'progress' : 'progress-append-only', 'clear-text', 'html', 'json'],
  allowConsoleColors: process.stdout.isTTY === true,
  clearTextReporter: { allowColor: process.stdout.isTTY === true, reportTests: false, logTests: false },
  htmlReporter: { fileName: path.join(folder, 'mutation.html') },
  jsonReporter: { fileName: path.join(folder, 'mutation.json') },
  warnings: { slow: false },
  // The score of each part is judged by score.ts, after all parts have run.
  thresholds: { high: 95, low: SCORE_MIN, break: null },
});

const leftOut = Object.keys(notMutated).map((name) => `!${name}`);

/** The folders that the globs begin with. */
const rootsOf = ({ tests }: MutationPart): string[] => [
  ...new Set(tests.map((glob) => `<rootDir>/${path.dirname(`${glob.slice(0, glob.search(/[*{]/))}.`)}`)),
];
