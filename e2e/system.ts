/** The whole system for end-to-end tests: started and stopped as a user would, asked from outside. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { portsOf } from '../tools/environment.ts';
import { superuser } from '../tools/infrastructure/postgres.ts';
import type { DemoAccount } from '../tools/system/installation.ts';
import { askStatus, type Running, runningSystem } from '../tools/system/running.ts';
import type { SystemStatus } from '../tools/system/status.ts';
import { readWholeTopic, type TopicRecord } from './topic.ts';

export interface StartOptions {
  /** A free one is looked for when it is not given. */
  readonly offset?: number;
  /** A temporary folder when it is not given; it goes with stop(). */
  readonly dataDir?: string;
  readonly fresh?: boolean;
  /** All services in one process; SEAMS_SHAPE=single says it for every file that does not say otherwise. */
  readonly single?: boolean;
}

export interface System {
  readonly url: string;
  readonly tracesUrl: string;
  readonly brokers: readonly string[];
  /** All services are one process. */
  readonly single: boolean;
  readonly dataDir: string;
  readonly demoAccounts: readonly DemoAccount[];
  demoAccount(role: string): DemoAccount;
  /** As the superuser: a test is an onlooker, not a service. */
  postgresUrl(database: string): string;
  sql<Row extends object = Record<string, unknown>>(
    database: string,
    text: string,
    values?: readonly unknown[],
  ): Promise<Row[]>;
  /** Every record of the topic, read from its beginning by a consumer of its own. */
  readTopic(topic: string): Promise<TopicRecord[]>;
  status(): Promise<SystemStatus>;
  /** Ctrl-C, then the same command again: the data stays. */
  restart(): Promise<void>;
  /** Ctrl-C. Rejects when the runner did not end cleanly. */
  stop(): Promise<void>;
}

const checkout = path.resolve(import.meta.dirname, '..');
// The first start of a machine downloads Kafka; a shared cache keeps it to one.
const cache = process.env.SEAMS_CACHE ?? path.join(checkout, '.seams', 'cache');
const START_MS_MAX = 110_000;
const STOP_MS_MAX = 60_000;
/** For the hooks that start and stop the system; what a test waits for has its own, shorter bound. */
export const HOOK_MS_MAX = START_MS_MAX + STOP_MS_MAX;
const POLL_MS = 100;

interface Runner {
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;
  output(): string;
}

interface Start {
  readonly offset: number;
  readonly dataDir: string;
  readonly fresh: boolean;
  readonly single: boolean;
}

function spawnRunner({ offset, dataDir, fresh, single }: Start): Runner {
  const args = [
    path.join(checkout, 'tools', 'start.ts'),
    '--offset',
    String(offset),
    '--data',
    dataDir,
    ...(fresh ? ['--fresh'] : []),
    ...(single ? ['--single'] : []),
  ];
  const child = spawn(process.execPath, args, {
    cwd: checkout,
    stdio: ['pipe', 'pipe', 'pipe'],
    // When the tests' process dies, this end of the pipe closes and the runner stops by itself.
    env: { ...process.env, SEAMS_CACHE: cache, SEAMS_STOP_WITH_STDIN: '1' },
  });
  // A failed hook leaves us running; that must not keep the tests' process alive, whose end then ends us.
  child.unref();
  for (const stream of [child.stdin, child.stdout, child.stderr]) (stream as Socket).unref();
  const parts: Buffer[] = [];
  child.stdout?.on('data', (part) => parts.push(part));
  child.stderr?.on('data', (part) => parts.push(part));
  return {
    child,
    exited: new Promise((resolve) => child.once('exit', resolve)),
    output: () => Buffer.concat(parts).toString('utf8'),
  };
}

async function ready(runner: Runner, dataDir: string): Promise<Running> {
  const giveUpAt = Date.now() + START_MS_MAX;
  for (;;) {
    const ended = await Promise.race([runner.exited.then(() => true), sleep(POLL_MS, false)]);
    if (ended) throw new Error(`npm start ended before it was ready:\n${runner.output()}`);
    const status = await askStatus(dataDir).catch(() => undefined); // its socket is not there yet
    if (status?.readyAt) return runningSystem(dataDir);
    if (Date.now() > giveUpAt) {
      await stopRunner(runner);
      throw new Error(`npm start is not ready after ${START_MS_MAX / 1_000} s:\n${runner.output()}`);
    }
  }
}

async function stopRunner(runner: Runner): Promise<void> {
  runner.child.kill('SIGINT');
  const code = await Promise.race([runner.exited, sleep(STOP_MS_MAX, 'late' as const, { ref: false })]);
  if (code === 'late') runner.child.kill('SIGKILL');
  if (code !== 0) throw new Error(`npm start ended with ${code} when it was stopped:\n${runner.output()}`);
}

export async function startSystem(options: StartOptions = {}): Promise<System> {
  const { dataDir, fresh = false, single = process.env.SEAMS_SHAPE === 'single' } = options;
  const folder = dataDir ?? mkdtempSync(path.join(tmpdir(), 'seams-e2e-'));
  const start = { offset: options.offset ?? (await freeOffset(single)), dataDir: folder, single };
  let runner: Runner | undefined = spawnRunner({ ...start, fresh });
  const running = await ready(runner, folder);

  const stop = async (): Promise<void> => {
    const stopping = runner;
    runner = undefined;
    if (stopping) await stopRunner(stopping);
  };
  return {
    url: running.url,
    tracesUrl: running.tracesUrl,
    brokers: [running.kafkaBroker],
    single,
    dataDir: folder,
    demoAccounts: running.demoAccounts,
    demoAccount(role) {
      const account = running.demoAccounts.find(({ roles }) => roles.includes(role));
      if (!account) throw new Error(`there is no demo account with the role ${role}`);
      return account;
    },
    postgresUrl: (database) => running.postgresUrl(superuser, database),
    sql: (database, text, values = []) => query(running.postgresUrl(superuser, database), text, values),
    readTopic: (topic) => readWholeTopic([running.kafkaBroker], topic),
    status: () => askStatus(folder),
    async restart() {
      await stop();
      runner = spawnRunner({ ...start, fresh: false });
      await ready(runner, folder);
    },
    async stop() {
      await stop();
      if (dataDir === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function query<Row extends object>(url: string, text: string, values: readonly unknown[]): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(text, [...values])).rows;
  } finally {
    await client.end();
  }
}

// All ports stay below 32768, where the ephemeral ports begin: an outgoing connection could take one at any moment.
const OFFSET_MAX = 32_767 - 19_093;
const OFFSET_MIN = 200;
// As far apart as two services' ports: a replica that one system adds must not meet a port of another system.
const OFFSET_STEP = 10;
const TRIES_MAX = 50;

async function freeOffset(single: boolean): Promise<number> {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const offset = OFFSET_MIN + OFFSET_STEP * Math.floor((Math.random() * (OFFSET_MAX - OFFSET_MIN)) / OFFSET_STEP);
    const ports = portsOf({ host: '127.0.0.1', offset, single }).map(({ port }) => port);
    const free = await Promise.all(ports.map(isFree));
    if (free.every(Boolean)) return offset;
  }
  throw new Error(`no offset with all ports free in ${TRIES_MAX} tries`);
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
