/** From the arguments of tools/run.mjs to the program's exit code. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { linkPostgresLibraries, startInstall, whyInstall, whyNotThisNpm } from './packages.mjs';
import { isStartedByNpm, outlivesTerminal, tellProgram, whenParentEnds } from './parent.mjs';

const checkout = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '../..');
const NODE_MIN = [24, 11, 1];
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

export async function run([program, ...args]) {
  const installedOnly = program === '--installed';
  const [name, rest] = installedOnly ? [args[0], args.slice(1)] : [program, args];
  const why = whyInstall(checkout);
  if (why !== undefined) {
    if (installedOnly) fail(`${why}: \`npm start\` or \`npm ci\` installs them`);
    await install(why);
  }
  linkPostgresLibraries(checkout);
  await runProgram(path.join(checkout, 'tools', name), rest);
}

async function install(why) {
  const tooOld = whyNotThisNpm(process.env.npm_config_user_agent);
  if (tooOld) fail(tooOld);
  console.log(`Seams: ${why}; installing them by package-lock.json (npm ci: once, 0.75 GB, about half a minute)`);
  const { code, signal } = await ended(startInstall(checkout), 'npm');
  if (signal) fail(`npm ci was stopped by ${signal}; the next start installs anew`);
  if (code !== 0) fail(`npm ci ended with code ${code} and says why above`);
}

/** The program sees its own name and arguments, as if Node had been started with it. */
async function runProgram(file, args) {
  tellProgram();
  if (isNewEnough(process.versions.node)) {
    process.argv.splice(1, process.argv.length - 1, file, ...args);
    await import(pathToFileURL(file).href);
    return;
  }
  const node = pinnedNode();
  if (node === undefined) fail(noNode());
  const { code, signal } = await ended(spawn(node, [file, ...args], { stdio: 'inherit' }), node);
  process.exit(signal ? 1 : code);
}

function isNewEnough(version) {
  const have = version.split('.').map(Number);
  const at = NODE_MIN.findIndex((least, index) => have[index] !== least);
  return at === -1 || have[at] > NODE_MIN[at];
}

/** npm's package `node-<platform>-<arch>`, one of the optional packages. */
function pinnedNode() {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const node = path.join(checkout, 'node_modules', `node-${platform}-${process.arch}`, 'bin', 'node');
  return existsSync(node) ? node : undefined;
}

const noNode = () =>
  `Node ≥ ${NODE_MIN.join('.')} runs this, and npm has none for ${process.platform}-${process.arch}; ` +
  `this is ${process.versions.node}: install a newer one (https://nodejs.org)`;

/** Resolves when it has ended. Signals for us, and the end of npm, are passed on to it. */
function ended(child, name) {
  const outlives = outlivesTerminal();
  let told;
  const tell = (signal) => {
    told = signal;
    child.kill(signal);
  };
  for (const signal of SIGNALS)
    process.on(signal, () => {
      if (signal !== 'SIGHUP' || !outlives) tell(signal);
    });
  const watches = isStartedByNpm() && !outlives;
  const unwatch = watches ? whenParentEnds(process.ppid, () => tell('SIGTERM')) : () => {};
  return new Promise((resolve) => {
    child.once('error', (error) => fail(`${name} does not start: ${error.message}`));
    child.once('exit', (code, signal) => {
      for (const each of SIGNALS) process.removeAllListeners(each);
      unwatch();
      // npm turns a signal into an exit code.
      resolve({ code, signal: signal ?? (code === 0 ? undefined : told) });
    });
  });
}

function fail(line) {
  console.error(`seams: ${line}`);
  process.exit(1);
}
