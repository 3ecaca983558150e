/** The run of `npm start` from its arguments to its exit code. */
import path from 'node:path';
import { startedBy, whenParentEnds } from '../install/parent.mjs';
import { BadArguments, HELP, readStartArguments, type StartArguments } from './arguments.ts';
import { BuildFailed } from './build.ts';
import { type Ready, Runner } from './runner.ts';
import { signalMeanings } from './signals.ts';
import { openTerminal, type Terminal } from './terminal.ts';
import { toUser } from './user-paths.ts';

const checkout = path.resolve(import.meta.dirname, '../..');
const terminal = openTerminal(Number(process.env.SEAMS_STARTED_AT ?? performance.timeOrigin));

function readArguments(): StartArguments {
  try {
    return readStartArguments(process.argv.slice(2), checkout);
  } catch (error) {
    if (!(error instanceof BadArguments)) throw error;
    terminal.fail(error.message);
    process.exit(1);
  }
}

const shapeOf = ({ place }: StartArguments): string =>
  place.single
    ? 'all services in one process and an auditor'
    : 'five services, an auditor, a watcher, a lab runner and a load balancer';

export async function main(): Promise<void> {
  const args = readArguments();
  if (args.help) {
    process.stdout.write(HELP);
    return;
  }
  const runner = new Runner(args, checkout, terminal);
  let stopping = false;

  const stop = async (why: string, exitCode: number): Promise<void> => {
    if (stopping) return;
    stopping = true;
    const tell = runner.hasStarted || exitCode === 0; // a refused start is one line
    if (tell) terminal.step(why);
    try {
      const clean = await runner.stop();
      if (tell) terminal.step('stopped, nothing is left running');
      process.exit(clean ? exitCode : 1);
    } catch (error) {
      terminal.fail((error as Error).message);
      process.exit(1);
    }
  };
  stopWhenTold(runner, (why) => void stop(why, 0));
  const failed = (error: unknown): void => {
    if (stopping) return; // what the stop itself broke off
    if (error instanceof BuildFailed) for (const line of error.errors) terminal.say(line);
    terminal.fail(error instanceof Error ? error.message : String(error));
    void stop('stopping what was started', 1);
  };
  process.on('uncaughtException', failed);
  process.on('unhandledRejection', failed);

  try {
    runner.lock();
    terminal.say(
      `Seams: starting Postgres, Kafka, a trace store, ${shapeOf(args)} on 127.0.0.1; data and logs in ${toUser(args.dataDir)}`,
    );
    const ready = await runner.start();
    if (!stopping) greet(terminal, ready, args);
  } catch (error) {
    failed(error);
  }
}

/** By a signal, by `npm stop`, or by the end of whoever started us. */
function stopWhenTold(runner: Runner, stop: (why: string) => void): void {
  const { outlivesTerminal, parent } = startedBy();
  const meaningOf = signalMeanings(outlivesTerminal);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      const meaning = meaningOf(signal, performance.now());
      if (meaning === 'stop') stop(`${signal}: stopping everything in order; once more kills at once`);
      if (meaning === 'kill') {
        terminal.step('killing everything');
        void runner.kill().finally(() => process.exit(130));
      }
    });
  }
  runner.onStopRequest = () => stop('npm stop: stopping everything in order');
  if (parent) whenParentEnds(parent, () => stop('npm has ended: stopping everything in order'));
  // For a test that starts us: when it dies, however it dies, its end of the pipe closes.
  if (process.env.SEAMS_STOP_WITH_STDIN)
    process.stdin.once('end', () => stop('standard input ended: stopping everything in order')).resume();
}

function greet({ say, seconds }: Terminal, { url, tracesUrl, installation }: Ready, { dataDir }: StartArguments): void {
  const elsewhere = dataDir === path.join(checkout, '.seams') ? '' : ` -- --data ${dataDir}`;
  const accounts = installation.demoAccounts.map(
    ({ email, password, roles }) => `${roles.join(', ').padEnd(9)} ${email.padEnd(23)} ${password}`,
  );
  say(`\nready in ${seconds()} s\n`);
  say(`  API       ${url}    its description: ${url}/openapi.json`);
  say(`  console   ${url}/`);
  say(`  traces    ${tracesUrl}`);
  say(`  accounts  ${accounts.join('\n            ')}`);
  say(`            for a shell: . ${path.join(toUser(dataDir), 'demo.env')}`);
  say(`  next      npm run order${elsewhere}     places an order and shows its trace`);
  say(`            npm run status${elsewhere}    every process, its state and memory`);
  say('            README.md has the same by hand, with curl');
  say(`\nCtrl-C, or npm stop${elsewhere}, stops everything; the data stays for the next start.`);
}
