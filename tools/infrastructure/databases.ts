/**
 * `node databases.ts`: waits for a Postgres, then makes the roles and databases of topology.ts in it, as `npm start` does.
 * For the chart's set-up Job. Environment: POSTGRES_HOST, POSTGRES_PORT, PASSWORD_<ROLE> for each role (PASSWORD_POSTGRES,
 * PASSWORD_STORAGE_OWNER, …), and POSTGRES_PARAMETERS for what stands behind a URL ("?sslmode=verify-full&sslrootcert=…";
 * without it TLS where the server has it). Safe to repeat; of two at once the second waits for the first.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { auditedDatabases, databases } from '../system/installation.ts';
import {
  answeringParameters,
  auditorRole,
  ensureAuditor,
  ensureDatabases,
  exclusively,
  type Server,
  superuser,
} from './postgres-roles.ts';

// A new cluster's initdb and the pull of its image come first. Below the Job's deadline, so that the last line says why.
const ANSWER_MS_MAX = 180_000;
const POLL_MS = 500;

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`the environment has no ${name}`);
  return value;
}

const passwordOf = (role: string): string => required(`PASSWORD_${role.toUpperCase()}`);

const parameters = process.env.POSTGRES_PARAMETERS;
const given: Server = {
  host: required('POSTGRES_HOST'),
  port: Number(required('POSTGRES_PORT')),
  superuserPassword: passwordOf(superuser),
  ...(parameters === undefined ? {} : { parameters }),
};

/** What goes away by itself: no address yet, nobody there, still starting or recovering. A wrong password does not. */
const PASSING = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EHOSTUNREACH', '57P03']);

async function untilAnswering(): Promise<Server> {
  const giveUpAt = performance.now() + ANSWER_MS_MAX;
  for (;;) {
    try {
      return { ...given, parameters: await answeringParameters(given) };
    } catch (error) {
      const { code = '', message } = error as { code?: string; message: string };
      if ((!PASSING.has(code) && !message.includes('timeout')) || performance.now() > giveUpAt) throw error;
    }
    await sleep(POLL_MS);
  }
}

const roles = databases.flatMap((name) => [name, `${name}_owner`]);
const passwords = Object.fromEntries(roles.map((role) => [role, passwordOf(role)]));
const auditorPassword = passwordOf(auditorRole);
const server = await untilAnswering();
await exclusively(server, async () => {
  await ensureDatabases(server, databases, passwords);
  await ensureAuditor(server, auditedDatabases, auditorPassword);
});
console.log(`databases: ${databases.join(', ')} and their roles are there`);
