/** `npm run status [-- --data DIR] [-- --json]`: what the runner of this data folder says about its processes. */
import path from 'node:path';
import { BadArguments, readStatusArguments } from './system/arguments.ts';
import { askControl } from './system/control.ts';
import { folderOf } from './system/folder.ts';
import { readRecord } from './system/record.ts';
import { type SystemStatus, tableOf } from './system/status.ts';

async function show(): Promise<void> {
  const { dataDir, json } = readStatusArguments(process.argv.slice(2), path.resolve(import.meta.dirname, '..'));
  const status = await ask(dataDir);
  console.log(json ? JSON.stringify(status, undefined, 2) : tableOf(status));
}

async function ask(dataDir: string): Promise<SystemStatus> {
  const record = readRecord(folderOf(dataDir));
  const nothing = `nothing runs on ${dataDir}: start it with \`npm start\``;
  if (!record) throw new BadArguments(nothing);
  try {
    return (await askControl(record.controlSocket, 'GET', '/status')).body as SystemStatus;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ECONNREFUSED') throw new BadArguments(nothing);
    throw error;
  }
}

try {
  await show();
} catch (error) {
  console.error(`seams: ${(error as Error).message}`);
  process.exitCode = 1;
}
