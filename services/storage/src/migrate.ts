/** `node dist/migrate.js`: brings the database to the newest schema; with SEAMS_SEED=demo also opens the cafés. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { asOwner, migrate } from '@seams/postgres';
import { readMigrationConfig } from './config.ts';
import { openCafes } from './menu/seed-store.ts';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

try {
  const config = readMigrationConfig();
  await asOwner({ url: config.POSTGRES_OWNER_URL, password: config.POSTGRES_OWNER_URL_PASSWORD }, async (client) => {
    const ran = await migrate(client, at('../migrations'));
    console.log(`storage: ${ran.length ? `migrated ${ran.join(', ')}` : 'the schema is up to date'}`);
    if (config.SEAMS_SEED !== 'demo') return;
    const opened = await openCafes(client, JSON.parse(await readFile(at('../seed/demo.json'), 'utf8')));
    console.log(`storage: ${opened ? `opened ${opened} menu items` : 'the cafés are open already'}`);
  });
} catch (error) {
  console.error(`storage: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
