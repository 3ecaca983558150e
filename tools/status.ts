/** `npm run status [-- --data DIR] [-- --json]`: what the runner of this data folder says about its processes. */
import './system/program.ts';

import path from 'node:path';
import { readStatusArguments, STATUS_HELP } from './system/arguments.ts';
import { command } from './system/command.ts';
import { askStatus } from './system/running.ts';
import { tableOf } from './system/status.ts';

async function show(): Promise<void> {
  const { help, dataDir, json } = readStatusArguments(process.argv.slice(2), path.resolve(import.meta.dirname, '..'));
  if (help) {
    process.stdout.write(STATUS_HELP);
    return;
  }
  const status = await askStatus(dataDir);
  console.log(json ? JSON.stringify(status, undefined, 2) : tableOf(status));
}

await command(show);
