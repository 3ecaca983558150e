/** Storage's use case on a Postgres of its own: no gRPC, no Kafka, so that what is measured is the commit. */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type CallContext, rootContext } from '@seams/call';
import type { CommitOrderRequest, CommitOrderResponse } from '@seams/contracts';
import { asOwner, type Db, migrate, openDb } from '@seams/postgres';
import { createLogger } from '@seams/telemetry';
import { v7 as uuidv7 } from 'uuid';
import type { Running } from '../../tools/infrastructure/child.ts';
import { newPassword, startPostgres } from '../../tools/infrastructure/postgres.ts';
import { ensureDatabases, superuser } from '../../tools/infrastructure/postgres-roles.ts';
import { CAFE, checkpoint, PRICE_CENTS, type Seeded, type Sums, seed, serverVersion, sums } from './trial-store.ts';

export type Commit = (ctx: CallContext, request: CommitOrderRequest) => Promise<CommitOrderResponse>;

/** All orders on one counter, or each on any of a thousand. */
export type Counters = 'spread' | 'hot';

const HOST = '127.0.0.1';
const CUSTOMERS = 2_000;
const ITEMS = 1_000;
/** As config.ts of storage has it. */
export const CONNECTIONS_MAX = 12;
const ORDER_MS_MAX = 10_000;
const MIGRATIONS = path.resolve(import.meta.dirname, '../../services/storage/migrations');

export class StorageTrial {
  readonly #folder: string;
  readonly #postgres: Running;
  /** Of the role that owns the tables. */
  readonly ownerUrl: string;
  readonly #superuserUrl: string;
  readonly #url: string;
  readonly seeded: Seeded;
  readonly #opened: Db[] = [];

  private constructor(started: Begun) {
    this.#url = started.urls.storage;
    this.#folder = started.folder;
    this.#postgres = started.postgres;
    this.ownerUrl = started.urls.storage_owner;
    this.#superuserUrl = started.urls.postgres;
    this.seeded = started.seeded;
  }

  static async begin(): Promise<StorageTrial> {
    const folder = mkdtempSync(path.join(tmpdir(), 'seams-bench-'));
    const port = await freePort();
    const server = { host: HOST, port, superuserPassword: newPassword() };
    const dataDir = path.join(folder, 'postgres');
    const postgres = await startPostgres({ ...server, dataDir, logFile: path.join(folder, 'postgres.log') });
    try {
      const passwords = { storage: newPassword(), storage_owner: newPassword() };
      await ensureDatabases(server, ['storage'], passwords);
      const urlOf = (role: string, password: string): string =>
        `postgres://${role}:${password}@${HOST}:${port}/storage`;
      const urls = {
        storage: urlOf('storage', passwords.storage),
        storage_owner: urlOf('storage_owner', passwords.storage_owner),
        postgres: urlOf(superuser, server.superuserPassword),
      };
      await asOwner({ url: urls.storage_owner }, (client) => migrate(client, MIGRATIONS));
      const seeded = await seed(urls.storage_owner, CUSTOMERS, ITEMS);
      return new StorageTrial({ folder, postgres, urls, seeded });
    } catch (error) {
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** A pool as storage has it: one for each way, for a backend keeps the plans that it made for whoever came first. */
  open(): Db {
    const log = createLogger({ service: 'bench', process: 'bench', logLevel: 'error' });
    const options = { name: 'storage', url: this.#url, applicationName: 'bench', log };
    const db = openDb({ ...options, connectionsMax: CONNECTIONS_MAX });
    this.#opened.push(db);
    return db;
  }

  /** As business-logic sends it: one line, a key that nobody used. */
  order(counters: Counters): { readonly ctx: CallContext; readonly request: CommitOrderRequest } {
    const customerId = oneOf(this.seeded.customers);
    const itemId = counters === 'hot' ? (this.seeded.items[0] as string) : oneOf(this.seeded.items);
    const placed = {
      ...{ orderId: uuidv7(), customerId, cafeId: CAFE, status: 'ORDER_STATUS_PLACED' as const },
      ...{ lines: [{ itemId, name: 'Espresso', quantity: 1, unitPriceCents: PRICE_CENTS }], totalCents: PRICE_CENTS },
      ...{ currency: 'EUR', placedAtMs: Date.now(), version: 1, clientNonce: randomUUID() },
    };
    const key = { customerId, route: 'POST /v1/orders', key: randomUUID(), fingerprint: randomBytes(32) };
    const ctx = rootContext({ atMostMs: ORDER_MS_MAX, signal: new AbortController().signal });
    return { ctx, request: { key, placed, refused: null, decision: 'placed' } };
  }

  sums = (): Promise<Sums> => sums(this.ownerUrl);
  version = (): Promise<string> => serverVersion(this.ownerUrl);
  /** Writes out what a filling left, which would otherwise happen while something is measured. */
  checkpoint = (): Promise<void> => checkpoint(this.#superuserUrl);

  /** CPU time of all of Postgres's processes so far in ms; undefined where /proc does not tell. */
  postgresCpuMs(): number | undefined {
    if (process.platform !== 'linux') return undefined;
    const dataDir = realpathSync(path.join(this.#folder, 'postgres'));
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && worksIn(name, dataDir));
    return pids.reduce((sum, pid) => sum + cpuMsOf(pid), 0);
  }

  async end(): Promise<void> {
    await Promise.all(this.#opened.map((db) => db.close()));
    await this.#postgres.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

interface Begun {
  readonly folder: string;
  readonly postgres: Running;
  readonly urls: { readonly storage: string; readonly storage_owner: string; readonly postgres: string };
  readonly seeded: Seeded;
}

const oneOf = <T>(all: readonly T[]): T => all[Math.floor(Math.random() * all.length)] as T;

function worksIn(pid: string, folder: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === folder;
  } catch {
    return false; // ended since the listing, or another user's
  }
}

/** utime and stime of proc(5), in ticks of 10 ms; those of ended children come to their parent's. */
function cpuMsOf(pid: string): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, HOST, () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
