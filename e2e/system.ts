/** The whole system for end-to-end tests: started and stopped as a user would, asked from outside. */
import { mkdtempSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { superuser } from '../tools/infrastructure/postgres-roles.ts';
import { folderOf } from '../tools/system/folder.ts';
import { freeOffset } from '../tools/system/free-offset.ts';
import type { DemoAccount } from '../tools/system/installation.ts';
import { gone, readRecord } from '../tools/system/record.ts';
import { askStatus } from '../tools/system/running.ts';
import {
  type Runner,
  STOP_MS_MAX,
  type Start,
  spawnRunner,
  stopRunner,
  untilStarted,
} from '../tools/system/started.ts';
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
  /** By `npm start` itself, with npm between us and the runner. */
  readonly npm?: boolean;
}

/** How a system ends: in order, or by a signal to npm, or to npm and the runner at once. */
export type Ending = 'Ctrl-C' | 'SIGTERM to npm' | 'SIGKILL of npm' | 'SIGKILL of npm and of the runner';

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
  /** Ended in this way, by Ctrl-C if not said, then the same command again: the data stays. */
  restart(ending?: Ending): Promise<void>;
  /** Ctrl-C. Rejects when the runner did not end cleanly. */
  stop(): Promise<void>;
}

const checkout = path.resolve(import.meta.dirname, '..');
// The first start of a machine downloads Kafka; a shared cache keeps it to one.
const cache = process.env.SEAMS_CACHE ?? path.join(checkout, '.seams', 'cache');
const START_MS_MAX = 110_000;
/** For the hooks that start and stop the system; what a test waits for has its own, shorter bound. */
export const HOOK_MS_MAX = START_MS_MAX + STOP_MS_MAX;

/** A failed hook leaves it running; that must not keep the tests' process alive, whose end then ends it. */
function spawnUnheld(start: Start): Runner {
  const runner = spawnRunner({ ...start, env: { SEAMS_CACHE: cache } });
  const { child } = runner;
  child.unref();
  for (const stream of [child.stdin, child.stdout, child.stderr]) (stream as Socket).unref();
  return runner;
}

export async function startSystem(options: StartOptions = {}): Promise<System> {
  const { dataDir, fresh = false, single = process.env.SEAMS_SHAPE === 'single' } = options;
  const folder = dataDir ?? mkdtempSync(path.join(tmpdir(), 'seams-e2e-'));
  const { npm = false } = options;
  const start = { offset: options.offset ?? (await freeOffset(single)), dataDir: folder, single, npm };
  let runner: Runner | undefined = spawnUnheld({ ...start, fresh });
  const running = await untilStarted(runner, folder, START_MS_MAX);

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
    async restart(ending = 'Ctrl-C') {
      if (ending === 'Ctrl-C' || runner === undefined) await stop();
      else await endedBy(ending, runner, folder);
      runner = spawnUnheld(start);
      await untilStarted(runner, folder, START_MS_MAX);
    },
    async stop() {
      await stop();
      if (dataDir === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

const ENDED_MS_MAX = 15_000;

/** @throws Error when something that it started is still there in the end */
async function endedBy(ending: Exclude<Ending, 'Ctrl-C'>, { child }: Runner, dataDir: string): Promise<void> {
  const record = readRecord(folderOf(dataDir));
  if (record === undefined) throw new Error(`nothing runs on ${dataDir}`);
  child.kill(ending === 'SIGTERM to npm' ? 'SIGTERM' : 'SIGKILL');
  if (ending === 'SIGKILL of npm and of the runner') process.kill(record.runner.pid, 'SIGKILL');
  const all = [record.runner, ...record.children];
  const ended = await Promise.all(all.map((each) => gone(each, ENDED_MS_MAX)));
  const left = all.filter((_, at) => !ended[at]).map(({ name }) => name);
  if (left.length > 0) throw new Error(`still there ${ENDED_MS_MAX / 1_000} s after ${ending}: ${left.join(', ')}`);
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
