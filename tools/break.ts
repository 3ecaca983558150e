/**
 * `npm run break`: kills, freezes, thaws and restarts any process of the running system, adds and removes replicas.
 * docs/break.md says what each does and what to look at. Exit code 1 for a mistake in the arguments, when nothing runs,
 * and when the runner refuses.
 *
 *   npm run break -- kill storage-1 --wait
 */
import './system/program.ts';

import { setTimeout as sleep } from 'node:timers/promises';
import { type BreakArguments, HELP, readBreakArguments } from './break/arguments.ts';
import { command } from './system/command.ts';
import {
  addReplica,
  freeze,
  heal,
  kill,
  removeReplica,
  restart,
  type Target,
  thaw,
  untilReady,
} from './system/faults.ts';
import { restoreAtEnd } from './system/program.ts';
import { askStatus } from './system/running.ts';
import { dataDirOf } from './system/user-paths.ts';

const READY_MS_MAX = 120_000;

const say = (line: string): void => console.log(line);
const secondsSince = (at: number): string => ((performance.now() - at) / 1_000).toFixed(1);

/** Says the seconds until the process is ready again, when that was asked for. */
async function waited(system: Target, { name, wait }: BreakArguments, since: number, after: string): Promise<void> {
  if (!wait) return;
  await untilReady(system, name, READY_MS_MAX);
  say(`${name} is ready, ${secondsSince(since)} s after ${after}`);
}

async function freezeFor(system: Target, args: BreakArguments): Promise<void> {
  const { name, forMs } = args;
  say(forMs === undefined ? `freezing ${name}` : `freezing ${name} for ${forMs / 1_000} s; Ctrl-C thaws it at once`);
  if (forMs === undefined) {
    await freeze(system, name);
    say(`${name} is frozen: it keeps its connections and answers nobody; \`thaw ${name}\` or \`heal\` ends it`);
    return;
  }
  const frozen = Promise.withResolvers<void>();
  // Registered before the freeze, and waits for it: a Ctrl-C between the two would find nothing to thaw.
  const callOff = restoreAtEnd(async () => {
    await frozen.promise;
    await thaw(system, name);
    console.error(`${name} is thawed`);
  });
  await freeze(system, name).finally(frozen.resolve);
  await sleep(forMs);
  const thawedAt = performance.now();
  await thaw(system, name);
  callOff();
  say(`${name} is thawed`);
  await waited(system, args, thawedAt, 'its thaw');
}

async function list(system: Target): Promise<void> {
  const { processes } = await askStatus(system.dataDir);
  for (const { name, kind, state } of processes.filter((one) => one.kind !== 'runner')) {
    say(`${name.padEnd(18)}${state.padEnd(20)}kill freeze thaw restart${kind === 'service' ? ' remove' : ''}`);
  }
  const services = processes.flatMap(({ name, kind }) => (kind === 'service' ? [name.replace(/-\d+$/, '')] : []));
  say(`\nadd one more of: ${[...new Set(services)].join(', ')}`);
}

async function act(system: Target, args: BreakArguments): Promise<void> {
  const { command, name } = args;
  const startedAt = performance.now();
  switch (command) {
    case 'list':
      return list(system);
    case 'kill':
      say(`killing ${name} with all its processes (kill -9)`);
      await kill(system, name);
      say(`${name} is dead; the runner starts it again`);
      return waited(system, args, startedAt, 'the kill');
    case 'freeze':
      return freezeFor(system, args);
    case 'thaw':
      say(`thawing ${name}`);
      await thaw(system, name);
      say(`${name} is thawed`);
      return waited(system, args, startedAt, 'its thaw');
    case 'restart':
      say(`restarting ${name}: no new work, what is in flight ends, then it starts again`);
      await restart(system, name);
      say(`${name} was stopped in order after ${secondsSince(startedAt)} s and is starting`);
      return waited(system, args, startedAt, 'the command');
    case 'add': {
      say(`starting one more ${name}`);
      const added = await addReplica(system, name);
      return say(`${added} is ready after ${secondsSince(startedAt)} s, and its callers know it`);
    }
    case 'remove':
      say(`removing ${name}: off its callers' list, then an orderly stop`);
      await removeReplica(system, name);
      return say(`${name} has ended after ${secondsSince(startedAt)} s`);
    case 'heal': {
      say('thawing what is frozen and waiting until everything is ready');
      const thawed = await heal(system);
      return say(`all is ready after ${secondsSince(startedAt)} s; thawed: ${thawed.join(', ') || 'nothing'}`);
    }
  }
}

async function main(): Promise<void> {
  const args = readBreakArguments(process.argv.slice(2));
  if (args.help) return say(HELP);
  await act({ dataDir: dataDirOf(args.data) }, args);
  if (args.command === 'list') return;
  const where = args.data === undefined ? '' : ` -- --data ${args.data}`;
  say(`look at it: npm run status${where}; was anything lost: npm run audit${where}`);
}

await command(main);
