/** The roles and databases of topology.ts in one Postgres, ours or another one, as its superuser. */
import pg from 'pg';
import { connectionUrl } from '../../libs/postgres/src/connection-url.ts';

export const superuser = 'postgres';
/** Reads what the services own, and can only read: the audit's role. */
export const auditorRole = 'auditor';

export interface Server {
  readonly host: string;
  readonly port: number;
  readonly superuserPassword: string;
  /** Parameters of the URL, for example "?sslmode=require". */
  readonly parameters?: string;
}

export async function withClient<T>(
  server: Server,
  database: string,
  use: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const { host, port, parameters = '', superuserPassword } = server;
  const client = new pg.Client({
    connectionString: connectionUrl(
      `postgres://${superuser}@${host}:${port}/${database}${parameters}`,
      superuserPassword,
    ),
    connectionTimeoutMillis: 5_000,
  });
  client.on('error', () => {}); // a lost connection also rejects the query that waits on it
  try {
    await client.connect();
    return await use(client);
  } finally {
    await client.end().catch(() => {}); // it may never have been open
  }
}

/** Any number, the same for all: two set-ups of one server never run at once. */
const SET_UP_LOCK = 5_314_002;

/** Runs `work` while nobody else does, in whichever process. The lock ends with the connection, so a killed one leaves none. */
export const exclusively = <T>(server: Server, work: () => Promise<T>): Promise<T> =>
  withClient(server, 'postgres', async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [SET_UP_LOCK]);
    return work();
  });

/** Resolves with the parameters to connect by: those given, or libpq's default (prefer): TLS where the server has it. */
export async function answeringParameters(server: Server): Promise<string> {
  const parameters = server.parameters ?? '?sslmode=require';
  try {
    await withClient({ ...server, parameters }, 'postgres', async () => undefined);
    return parameters;
  } catch (error) {
    const hasNoTls = (error as Error).message === 'The server does not support SSL connections';
    if (!hasNoTls || server.parameters !== undefined) throw error;
    return answeringParameters({ ...server, parameters: '' });
  }
}

/**
 * For each database: `<name>_owner` owns and migrates it, `<name>` may only connect; what that role may touch is
 * granted by the service's own migrations. Nobody else's role may connect. Safe to repeat; passwords are set each time.
 */
export async function ensureDatabases(
  server: Server,
  databases: readonly string[],
  passwords: Readonly<Record<string, string>>,
): Promise<void> {
  await withClient(server, 'postgres', async (client) => {
    const roles = new Set(
      (await client.query<{ rolname: string }>('SELECT rolname FROM pg_roles')).rows.map((row) => row.rolname),
    );
    const existing = new Set(
      (await client.query<{ datname: string }>('SELECT datname FROM pg_database')).rows.map((row) => row.datname),
    );
    for (const name of databases) {
      for (const role of [`${name}_owner`, name]) {
        const password = passwords[role];
        if (password === undefined) throw new Error(`no password for the Postgres role ${role}`);
        const verb = roles.has(role) ? 'ALTER' : 'CREATE';
        await client.query(`${verb} ROLE ${pg.escapeIdentifier(role)} LOGIN PASSWORD ${pg.escapeLiteral(password)}`);
      }
      const database = pg.escapeIdentifier(name);
      if (!existing.has(name))
        await client.query(`CREATE DATABASE ${database} OWNER ${pg.escapeIdentifier(`${name}_owner`)}`);
      await client.query(`REVOKE ALL ON DATABASE ${database} FROM PUBLIC`);
      await client.query(`GRANT CONNECT ON DATABASE ${database} TO ${database}`);
    }
  });
}

/**
 * May read every table of these databases (pg_read_all_data is Postgres' own role for that, so a new table needs no
 * grant) and write none. auth's database is not among them: no check asks for it. Read-only is also its default, so that
 * a statement that wants to write says so at once; and a query whose auditor was killed ends within a second instead of
 * running to its end. Safe to repeat; call it after ensureDatabases, which takes CONNECT from everybody.
 */
export async function ensureAuditor(server: Server, databases: readonly string[], password: string): Promise<void> {
  const role = pg.escapeIdentifier(auditorRole);
  await withClient(server, 'postgres', async (client) => {
    const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [auditorRole]);
    await client.query(`${rowCount ? 'ALTER' : 'CREATE'} ROLE ${role} LOGIN PASSWORD ${pg.escapeLiteral(password)}`);
    await client.query(`GRANT pg_read_all_data TO ${role}`);
    await client.query(`ALTER ROLE ${role} SET default_transaction_read_only = on`);
    await client.query(`ALTER ROLE ${role} SET client_connection_check_interval = '1s'`);
    for (const name of databases)
      await client.query(`GRANT CONNECT ON DATABASE ${pg.escapeIdentifier(name)} TO ${role}`);
  });
}
