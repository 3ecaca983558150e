/** Brings the database to the newest schema: `node dist/migrate.js` with POSTGRES_OWNER_URL. Safe to repeat. */
import { fileURLToPath } from 'node:url';
import { asOwner, migrate } from '@seams/postgres';
import { readMigrationConfig } from './config.ts';

const folder = fileURLToPath(new URL('../migrations', import.meta.url));

try {
  const config = readMigrationConfig();
  const owner = { url: config.POSTGRES_OWNER_URL, password: config.POSTGRES_OWNER_URL_PASSWORD };
  const files = await asOwner(owner, (client) => migrate(client, folder));
  for (const file of files) process.stdout.write(`analytics: migrated ${file}\n`);
} catch (error) {
  process.stderr.write(`analytics: ${oneLine(error)}\n`);
  process.exitCode = 1;
}

function oneLine(error: unknown): string {
  // An AggregateError (nothing listens on any address of a name) has an empty message of its own.
  const { message, code } = error as { message?: string; code?: string };
  return (message || code || String(error)).replaceAll('\n', '; ');
}
