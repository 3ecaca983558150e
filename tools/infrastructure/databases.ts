/**
 * `node databases.ts`: waits for a Postgres, then makes the roles and databases of topology.ts in it, as `npm start` does.
 * For the chart's set-up Job. Environment: POSTGRES_HOST, POSTGRES_PORT, and PASSWORD_<ROLE> for each role
 * (PASSWORD_POSTGRES, PASSWORD_STORAGE_OWNER, …). Safe to repeat.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { auditedDatabases, databases } from '../system/installation.ts';
import { auditorRole, ensureAuditor, ensureDatabases, superuser } from './postgres.ts';

// A new cluster's initdb and the pull of its image come first; the Job's own deadline is longer.
const ANSWER_MS_MAX = 300_000;
const CONNECT_MS_MAX = 5_000;
const POLL_MS = 500;

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`the environment has no ${name}`);
  return value;
}

const passwordOf = (role: string): string => required(`PASSWORD_${role.toUpperCase()}`);

const server = {
  host: required('POSTGRES_HOST'),
  port: Number(required('POSTGRES_PORT')),
  superuserPassword: passwordOf(superuser),
};

/** What goes away by itself: no address yet, nobody there, still starting or recovering. A wrong password does not. */
const PASSING = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EHOSTUNREACH', '57P03']);

async function untilAnswering(): Promise<void> {
  const giveUpAt = Date.now() + ANSWER_MS_MAX;
  for (;;) {
    const client = new pg.Client({
      host: server.host,
      port: server.port,
      connectionTimeoutMillis: CONNECT_MS_MAX,
      user: superuser,
      password: server.superuserPassword,
      database: 'postgres',
    });
    client.on('error', () => {}); // a lost connection also rejects the connect that waits on it
    try {
      await client.connect();
      return;
    } catch (error) {
      const { code = '', message } = error as { code?: string; message: string };
      if ((!PASSING.has(code) && !message.includes('timeout')) || Date.now() > giveUpAt) throw error;
    } finally {
      await client.end().catch(() => {}); // it may never have been open
    }
    await sleep(POLL_MS);
  }
}

const roles = databases.flatMap((name) => [name, `${name}_owner`]);
await untilAnswering();
await ensureDatabases(server, databases, Object.fromEntries(roles.map((role) => [role, passwordOf(role)])));
await ensureAuditor(server, auditedDatabases, passwordOf(auditorRole));
console.log(`databases: ${databases.join(', ')} and their roles are there`);
