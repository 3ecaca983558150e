/**
 * Ends what the runner started when the runner is killed. No process can catch SIGKILL, so another one waits: a shell that holds the
 * reading end of a pipe to the runner. The kernel closes the writing end however the runner ends; then the shell becomes the program
 * tools/system/end-orphans.ts. A pipe needs no polling, works for Postgres and Java as well (nothing is asked of them), and
 * a waiting shell takes 1 MB where a waiting Node takes 40.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import path from 'node:path';
import type { Folder } from './folder.ts';
import { self } from './record.ts';

const PROGRAM = path.join(import.meta.dirname, 'end-orphans.ts');
/** A line is the runner's orderly end; the end of the pipe without one is its death. */
const WAIT = 'read -r line && exit 0; exec "$@"';
const RESTART_MS = 1_000;

export class Guardian {
  readonly #folder: Folder;
  #shell: ChildProcess | undefined;
  #dismissed = false;

  constructor(folder: Folder) {
    this.#folder = folder;
    this.#spawn();
  }

  get pid(): number | undefined {
    return this.#shell?.pid;
  }

  /** Nothing is left to be guarded. */
  dismiss(): void {
    this.#dismissed = true;
    this.#shell?.stdin?.end('\n');
  }

  /** In a session of its own, which the signals of a terminal do not reach. */
  #spawn(): void {
    const log = openSync(this.#folder.log('guardian'), 'a');
    const { pid, identity } = self();
    const program = [process.execPath, PROGRAM, this.#folder.root, String(pid), identity];
    const shell = spawn('/bin/sh', ['-c', WAIT, 'seams-guardian', ...program], {
      detached: true,
      stdio: ['pipe', log, log],
      env: {
        PATH: process.env.PATH ?? '',
        ...(process.env.SEAMS_CACHE ? { SEAMS_CACHE: process.env.SEAMS_CACHE } : {}),
      },
    });
    closeSync(log);
    shell.stdin?.on('error', () => {}); // it was killed; its exit says so
    shell.once('exit', () => {
      if (!this.#dismissed) setTimeout(() => this.#dismissed || this.#spawn(), RESTART_MS).unref();
    });
    shell.once('error', (error) => {
      throw new Error(`the guardian does not start: ${error.message}`);
    });
    shell.unref();
    (shell.stdin as unknown as { unref(): void } | null)?.unref();
    this.#shell = shell;
  }
}
