/** `npm run status [-- --data DIR] [-- --json]`: what the runner of this data folder says about its processes. */
import path from 'node:path';
import { readStatusArguments } from './system/arguments.ts';
import { askStatus } from './system/running.ts';
import { tableOf } from './system/status.ts';

async function show(): Promise<void> {
  const { dataDir, json } = readStatusArguments(process.argv.slice(2), path.resolve(import.meta.dirname, '..'));
  const status = await askStatus(dataDir);
  console.log(json ? JSON.stringify(status, undefined, 2) : tableOf(status));
}

try {
  await show();
} catch (error) {
  console.error(`seams: ${(error as Error).message}`);
  process.exitCode = 1;
}
