/** TLS as libpq's sslmode says, and the set-up's roles, on a real Postgres. The key in tls/ is for this test alone. */
import { chmodSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDb, statement } from '@seams/postgres';
import { eventually, quietLogger, within } from '@seams/testkit';
import pg from 'pg';
import { answeringParameters, exclusively, type Server } from '../../../../tools/infrastructure/postgres-roles.ts';

const CERTIFICATES = path.join(import.meta.dirname, 'tls');
const CA = path.join(CERTIFICATES, 'ca.crt');
const IS_ENCRYPTED = statement('is_encrypted', 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()');

const superuserUrl = new URL(process.env.SEAMS_TEST_POSTGRES_URL ?? '');
const server: Server = {
  host: superuserUrl.hostname,
  port: Number(superuserUrl.port),
  superuserPassword: superuserUrl.password,
};

let superuser: pg.Client;
let folder: string;

async function reload(...settings: readonly string[]): Promise<void> {
  for (const setting of settings) await superuser.query(`ALTER SYSTEM ${setting}`);
  await superuser.query('SELECT pg_reload_conf()');
}

const speaksTls = async (): Promise<boolean> => (await answeringParameters(server)) === '?sslmode=require';

beforeAll(async () => {
  superuser = new pg.Client(superuserUrl.href);
  await superuser.connect();
  folder = mkdtempSync(path.join(tmpdir(), 'seams-tls-'));
  for (const file of ['server.crt', 'server.key']) copyFileSync(path.join(CERTIFICATES, file), path.join(folder, file));
  chmodSync(path.join(folder, 'server.key'), 0o600);
});
afterAll(async () => {
  await reload('RESET ssl', 'RESET ssl_cert_file', 'RESET ssl_key_file');
  await superuser.end();
  rmSync(folder, { recursive: true, force: true });
});

/** The host's name is in the certificate, its address is not. */
async function encrypted(query: string, host = 'localhost'): Promise<boolean | undefined> {
  const url = new URL(superuserUrl.href);
  url.hostname = host;
  url.search = query;
  url.password = '';
  const db = openDb({
    name: 'tls',
    url: url.href,
    password: superuserUrl.password,
    applicationName: 'tls-test',
    connectionsMax: 1,
    log: quietLogger,
  });
  try {
    const { rows } = await db.query<{ ssl: boolean }>(within(2_000), IS_ENCRYPTED);
    return rows[0]?.ssl;
  } finally {
    await db.close();
  }
}

describe('a server without TLS', () => {
  it('is set up without, unless sslmode demands it', async () => {
    expect(await answeringParameters(server)).toBe('');
    await expect(answeringParameters({ ...server, parameters: '?sslmode=require' })).rejects.toThrow(
      /does not support SSL/,
    );
    expect(await encrypted('')).toBe(false);
  });
});

describe('a server with TLS', () => {
  beforeAll(async () => {
    await reload(
      'SET ssl = on',
      `SET ssl_cert_file = '${path.join(folder, 'server.crt')}'`,
      `SET ssl_key_file = '${path.join(folder, 'server.key')}'`,
    );
    await eventually(async () => expect(await speaksTls()).toBe(true));
  });

  it('is set up by TLS when nothing is said, as libpq prefers', async () => {
    expect(await answeringParameters(server)).toBe('?sslmode=require');
    expect(await answeringParameters({ ...server, parameters: '?sslmode=disable' })).toBe('?sslmode=disable');
  });

  it('is encrypted and not verified with require', async () => {
    expect(await encrypted('?sslmode=require')).toBe(true);
    expect(await encrypted('?sslmode=disable')).toBe(false);
  });

  it('is verified by the CA with verify-ca, and by its name too with verify-full', async () => {
    expect(await encrypted(`?sslmode=verify-full&sslrootcert=${CA}`)).toBe(true);
    expect(await encrypted(`?sslmode=verify-ca&sslrootcert=${CA}`, '127.0.0.1')).toBe(true);
    await expect(encrypted(`?sslmode=verify-full&sslrootcert=${CA}`, '127.0.0.1')).rejects.toThrow();
    await expect(encrypted('?sslmode=verify-full')).rejects.toThrow();
  });
});

describe('two set-ups at once', () => {
  it('do not run beside each other', async () => {
    const happened: string[] = [];
    const first = Promise.withResolvers<void>();
    const one = exclusively(server, async () => {
      happened.push('the first begins');
      await first.promise;
      happened.push('the first ends');
    });
    await eventually(() => expect(happened).toHaveLength(1));
    const two = exclusively(server, async () => {
      happened.push('the second begins');
      return Promise.resolve();
    });
    await eventually(async () => {
      const { rowCount } = await superuser.query(
        "SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = 'postgres')",
      );
      expect(rowCount).toBe(1);
    });
    first.resolve();
    await Promise.all([one, two]);
    expect(happened).toEqual(['the first begins', 'the first ends', 'the second begins']);
  });
});
