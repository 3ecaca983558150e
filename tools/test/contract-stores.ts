/**
 * One real Postgres and one real Kafka for all contract tests: started before the first, stopped after the last,
 * on free ports, in a folder that goes with them. Their addresses reach the tests as SEAMS_TEST_POSTGRES_URL (the
 * superuser, database postgres: each test file makes a database of its own) and SEAMS_TEST_KAFKA_BROKERS (each test
 * file makes topics of its own).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { liveChildren, type Running, startNoMore, stopChild } from '../infrastructure/child.ts';
import { startKafka } from '../infrastructure/kafka.ts';
import { newPassword, startPostgres } from '../infrastructure/postgres.ts';
import { superuser } from '../infrastructure/postgres-roles.ts';

const HOST = '127.0.0.1';
const STOP_MS_MAX = 10_000;
/** Kafka's jars are downloaded once and stay there. */
const CACHE = join(import.meta.dirname, '..', '..', '.seams', 'cache');

let folder: string | undefined;
let started: Running[] = [];

export async function startStores(): Promise<void> {
  // jest does not tear down when it is told to stop; without this the stores would outlive it
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void stopAll().finally(() => process.exit(1)));

  // What a user's folder may be called: not ASCII, a comma, a space, a backslash, signs of shells and of URLs.
  folder = mkdtempSync(join(tmpdir(), 'seams-contract, Jürgen\\n $1 100% #-'));
  const [sql, broker, controller] = await freePorts(3);
  const password = newPassword();
  const starting = [
    startPostgres({
      dataDir: join(folder, 'postgres'),
      host: HOST,
      port: sql,
      logFile: join(folder, 'postgres.log'),
      superuserPassword: password,
    }),
    startKafka({
      dataDir: join(folder, 'kafka'),
      cacheDir: CACHE,
      host: HOST,
      port: broker,
      controllerPort: controller,
      logFile: join(folder, 'kafka.log'),
      onProgress: (line) => console.log(`kafka: ${line}`),
    }),
  ];
  const ended = await Promise.allSettled(starting);
  started = ended.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const failed = ended.find((one) => one.status === 'rejected');
  if (failed !== undefined) {
    await stopStores();
    throw failed.reason;
  }
  process.env.SEAMS_TEST_POSTGRES_URL = `postgres://${superuser}:${password}@${HOST}:${sql}/postgres`;
  process.env.SEAMS_TEST_KAFKA_BROKERS = `${HOST}:${broker}`;
}

export async function stopStores(): Promise<void> {
  await Promise.all(started.map((store) => store.stop()));
  started = [];
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
}

/** Also those that are just being started. Postgres waits for its clients on SIGTERM; SIGINT is its quick and orderly stop. */
async function stopAll(): Promise<void> {
  startNoMore();
  await Promise.all(
    [...liveChildren].map((child) =>
      stopChild(child, [{ signal: child.name === 'postgres' ? 'SIGINT' : 'SIGTERM', waitMs: STOP_MS_MAX }]),
    ),
  );
  await stopStores();
}

/** Held open together until all are known, so that no port is given twice. */
async function freePorts(count: 3): Promise<[number, number, number]> {
  const servers = await Promise.all(Array.from({ length: count }, listening));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports as [number, number, number];
}

function listening(): Promise<ReturnType<typeof createServer>> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, HOST, () => resolve(server));
  });
}
