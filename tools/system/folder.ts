/** What is where in the data folder (`.seams/` in the checkout, or --data). */
import { mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface Folder {
  readonly root: string;
  readonly cache: string;
  readonly postgres: string;
  readonly kafka: string;
  readonly traces: string;
  readonly secrets: string;
  readonly demoAccounts: string;
  readonly demoEnv: string;
  readonly lock: string;
  readonly record: string;
  /** A file for each service that is called: where its replicas listen. */
  readonly replicas: string;
  readonly controlSocket: string;
  log(process: string): string;
}

// sockaddr_un holds 108 bytes with its final zero; macOS 104.
const SOCKET_PATH_BYTES_MAX = process.platform === 'linux' ? 107 : 103;

export function folderOf(root: string): Folder {
  const socket = path.join(root, 'control.sock');
  return {
    root,
    cache: process.env.SEAMS_CACHE || path.join(root, 'cache'),
    postgres: path.join(root, 'postgres'),
    kafka: path.join(root, 'kafka'),
    traces: path.join(root, 'traces'),
    secrets: path.join(root, 'secrets.json'),
    demoAccounts: path.join(root, 'demo-accounts.json'),
    demoEnv: path.join(root, 'demo.env'),
    lock: path.join(root, 'lock'),
    record: path.join(root, 'run.json'),
    replicas: path.join(root, 'replicas'),
    controlSocket:
      Buffer.byteLength(socket) <= SOCKET_PATH_BYTES_MAX
        ? socket
        : path.join(tmpdir(), `seams-${process.pid}`, 'control.sock'),
    log: (process) => path.join(root, 'logs', `${process}.log`),
  };
}

const USUAL = path.resolve(import.meta.dirname, '../../.seams');

/** What stops the system of this folder. */
export const stopCommandOf = ({ root }: Folder): string =>
  root === USUAL ? '`npm stop`' : `\`npm stop -- --data ${root}\``;

export function makeFolder(folder: Folder): void {
  try {
    mkdirSync(path.dirname(folder.log('any')), { recursive: true, mode: 0o700 });
    mkdirSync(path.dirname(folder.controlSocket), { recursive: true, mode: 0o700 });
    mkdirSync(folder.replicas, { recursive: true, mode: 0o700 });
    mkdirSync(folder.cache, { recursive: true });
  } catch (error) {
    throw new Error(`the data folder cannot be made: ${(error as Error).message}; name another with --data DIR`);
  }
}

export function removeSocket({ root, controlSocket }: Folder): void {
  rmSync(controlSocket, { force: true });
  const folder = path.dirname(controlSocket);
  if (folder !== root) rmSync(folder, { recursive: true, force: true }); // made for it alone
}

/** Secrets go with the data: the passwords are those of the roles in the database. */
export function forget({ postgres, kafka, traces, secrets, demoAccounts, demoEnv, root }: Folder): void {
  for (const what of [postgres, kafka, traces, secrets, demoAccounts, demoEnv, path.join(root, 'logs')]) {
    rmSync(what, { recursive: true, force: true });
  }
}
