/**
 * Brings the database to the newest schema, then makes the demo accounts that do not exist yet. Run before the service
 * starts: `node dist/migrate.js` with POSTGRES_OWNER_URL and, if wanted, SEAMS_DEMO_ACCOUNTS. Safe to repeat.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { asOwner, migrate } from '@seams/postgres';
import { v7 as newId } from 'uuid';
import { z } from 'zod';
import { readMigrationConfig } from './config.ts';
import { type DemoAccount, makeDemoAccounts } from './identities/demo-accounts.ts';
import { isEmail, isPassword } from './identities/identity.ts';
import { addIdentity, type Query, takenEmails } from './identities/identity-store.ts';
import { hashPassword } from './outbound/passwords.ts';

const folder = fileURLToPath(new URL('../migrations', import.meta.url));

const DemoAccounts = z.array(
  z.object({
    email: z.string().refine(isEmail, 'is not an email address'),
    password: z.string().refine(isPassword, 'must have 8 to 200 characters'),
    displayName: z.string().min(1).max(80),
    roles: z.array(z.enum(['customer', 'staff', 'operator'])),
    cafeIds: z.array(z.string().min(1)),
  }),
);

try {
  const config = readMigrationConfig();
  // Before the database is touched: a broken file should not leave half of the work done.
  const accounts = config.SEAMS_DEMO_ACCOUNTS ? await readAccounts(config.SEAMS_DEMO_ACCOUNTS) : [];
  await asOwner({ url: config.POSTGRES_OWNER_URL, password: config.POSTGRES_OWNER_URL_PASSWORD }, async (client) => {
    for (const file of await migrate(client, folder)) say(`migrated ${file}`);
    const query: Query = ({ text }, values) => client.query({ text, values: [...values] });
    const made = await makeDemoAccounts(
      {
        takenEmails: (emails) => takenEmails(query, emails),
        addIdentity: (identity) => addIdentity(query, identity),
        hashPassword,
        newId,
      },
      accounts,
    );
    for (const email of made) say(`made the demo account ${email}`);
  });
} catch (error) {
  process.stderr.write(`auth: ${oneLine(error)}\n`);
  process.exitCode = 1;
}

async function readAccounts(path: string): Promise<DemoAccount[]> {
  const parsed = DemoAccounts.safeParse(parseJson(await readFile(path, 'utf8'), path));
  if (parsed.success) return parsed.data;
  // The rule that was broken, never the value: it may be a password.
  const faults = parsed.error.issues.map(({ path: field, message }) => `${field.join('.')} ${message}`);
  throw new Error(`${path}: ${faults.join('; ')}`);
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${path} is not JSON`); // JSON.parse quotes what it could not read, and that may be a password
  }
}

function say(line: string): void {
  process.stdout.write(`auth: ${line}\n`);
}

function oneLine(error: unknown): string {
  // An AggregateError (nothing listens on any address of a name) has an empty message of its own.
  const { message, code } = error as { message?: string; code?: string };
  return (message || code || String(error)).replaceAll('\n', '; ');
}
