/** A system that `npm start` brought up, as tools find it: by its data folder. */
import path from 'node:path';
import type { Secrets } from '../environment.ts';
import { askControl, type Reply } from './control.ts';
import { folderOf } from './folder.ts';
import { type DemoAccount, readJson } from './installation.ts';
import { readRecord } from './record.ts';
import type { SystemStatus } from './status.ts';

export interface Running {
  readonly dataDir: string;
  readonly url: string;
  readonly tracesUrl: string;
  readonly kafkaBroker: string;
  readonly demoAccounts: readonly DemoAccount[];
  postgresUrl(role: string, database: string): string;
}

export const HOST = '127.0.0.1';

/** @throws Error with one line for people when nothing runs there */
export async function askRunner(dataDir: string, method: string, route: string, answerMsMax?: number): Promise<Reply> {
  const record = readRecord(folderOf(dataDir));
  const nothing = new Error(
    `nothing runs on ${path.relative(process.cwd(), dataDir) || dataDir}: start it with \`npm start\``,
  );
  if (!record) throw nothing;
  try {
    return await askControl(record.controlSocket, method, route, answerMsMax);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ECONNREFUSED') throw nothing;
    throw error;
  }
}

/** @throws Error with one line for people when nothing runs there */
export const askStatus = async (dataDir: string): Promise<SystemStatus> =>
  (await askRunner(dataDir, 'GET', '/status')).body as SystemStatus;

export async function runningSystem(dataDir: string): Promise<Running> {
  const status = await askStatus(dataDir);
  if (status.readyAt === null) throw new Error('the system is still starting: try again when it says "ready"');
  const folder = folderOf(dataDir);
  const passwords = readJson<Secrets>(folder.secrets)?.postgresPasswords ?? {};
  const portOf = (name: string): number => status.processes.find((one) => one.name === name)?.ports[0] ?? 0;
  return {
    dataDir,
    url: status.url,
    tracesUrl: status.tracesUrl,
    kafkaBroker: `${HOST}:${portOf('kafka')}`,
    demoAccounts: readJson<DemoAccount[]>(folder.demoAccounts) ?? [],
    postgresUrl: (role, database) =>
      `postgres://${role}:${encodeURIComponent(passwords[role] ?? '')}@${HOST}:${portOf('postgres')}/${database}`,
  };
}
