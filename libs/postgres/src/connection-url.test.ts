import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { connectionUrl } from './connection-url.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'seams-ca-'));
const ca = path.join(folder, 'ca.crt');
writeFileSync(ca, 'the CA');
afterAll(() => rmSync(folder, { recursive: true }));

/** What node-postgres makes of it. */
function readBack(url: string, password?: string) {
  const client = new pg.Client({ connectionString: connectionUrl(url, password) });
  const { user, host, port, database } = client;
  const { ssl } = client as unknown as { ssl: false | { ca?: string; rejectUnauthorized?: boolean } };
  return { user, password: client.password, host, port, database, ssl };
}

describe('a password beside the URL', () => {
  it.each(['abc123', 'p#w', 'p/w', 'p?w', 'p%w', 'p@w', 'p:w', '100%41', 'ü ß', '$(HOME)', "a'b\\c", '+&=', '%25'])(
    '%s arrives as it is, and so does everything else',
    (password) => {
      expect(readBack('postgres://auth@db.example:5433/auth', password)).toEqual({
        user: 'auth',
        password,
        host: 'db.example',
        port: 5433,
        database: 'auth',
        ssl: false,
      });
    },
  );

  it('comes instead of one in the URL, which is otherwise used', () => {
    expect(readBack('postgres://auth:old@db.example/auth', 'n#w').password).toBe('n#w');
    expect(readBack('postgres://auth:o%23d@db.example/auth').password).toBe('o#d');
  });

  it('is not repeated when the URL cannot be read', () => {
    expect(() => connectionUrl('postgres://auth:se#cret@db.example/auth')).toThrow(/^the URL of Postgres is none/);
  });
});

describe('sslmode', () => {
  const ssl = (query: string) => readBack(`postgres://auth@db.example/auth?${query}`, 'p').ssl;

  it.each([
    ['disable', false],
    ['require', { rejectUnauthorized: false }],
    ['no-verify', { rejectUnauthorized: false }],
    ['verify-full', {}],
  ])('%s is libpq’s', (mode, expected) => {
    expect(ssl(`sslmode=${mode}`)).toEqual(expected);
  });

  it('verify-full and verify-ca trust the CA of sslrootcert; verify-ca takes any name', () => {
    expect(ssl(`sslmode=verify-full&sslrootcert=${ca}`)).toEqual({ ca: 'the CA' });
    const anyName = ssl(`sslmode=verify-ca&sslrootcert=${ca}`);
    expect(anyName).toEqual({ ca: 'the CA', checkServerIdentity: expect.any(Function) });
    expect(() => ssl('sslmode=verify-ca')).toThrow(/sslrootcert/);
  });

  it('leaves other parameters as they are', () => {
    const url = 'postgres://auth@db.example/auth?options=-c%20search_path%3Drebuilt';
    expect(new pg.Client({ connectionString: connectionUrl(url) })).toMatchObject({
      connectionParameters: { options: '-c search_path=rebuilt' },
    });
  });
});
