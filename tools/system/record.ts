/**
 * One runner per data folder, and what it started: `lock` names the living runner, `run.json` every child with the
 * identity that tells it from a later process of the same number. A runner killed by -9 leaves both; the next one
 * stops what is provably its predecessor's and goes on.
 */
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { liveChildren } from '../infrastructure/child.ts';
import { killTree, thawTree } from '../infrastructure/tree.ts';
import { type Folder, stopCommandOf } from './folder.ts';
import { readJson, writePrivately } from './installation.ts';
import { identityOf } from './processes.ts';

export interface Known {
  readonly name: string;
  readonly pid: number;
  readonly identity: string;
}

/** A runner, and where what it runs is reached; an older version wrote no address. */
export interface Holder extends Known {
  readonly url?: string;
}

export interface RunRecord {
  readonly runner: Known;
  readonly controlSocket: string;
  readonly children: readonly Known[];
}

const STOP_MS_MAX = 12_000;
const KILL_MS_MAX = 3_000;
const POLL_MS = 50;

export const self = (): Known => ({ name: 'runner', pid: process.pid, identity: identityOf(process.pid) ?? 'unknown' });
export const isAlive = ({ pid, identity }: Known): boolean => identityOf(pid) === identity;

/** The runner that lives on this folder. */
export function livingHolder(folder: Folder): Holder | undefined {
  const holder = holderOf(folder.lock);
  return holder && isAlive(holder) ? holder : undefined;
}

/** Throws when another runner lives on this folder. */
export function takeLock(folder: Folder, url?: string): void {
  const mine = `${folder.lock}.${process.pid}`;
  writeFileSync(mine, JSON.stringify({ ...self(), url }));
  try {
    for (;;) {
      if (linked(mine, folder.lock)) return;
      const holder = holderOf(folder.lock);
      if (holder && isAlive(holder)) {
        const stop = stopCommandOf(folder);
        throw new Error(
          `Seams runs already${holder.url ? ` on ${holder.url}` : ''} (data in ${folder.root}, pid ${holder.pid}): ` +
            `${stop} stops it; a second one beside it takes --data DIR --offset N`,
        );
      }
      removeStale(folder.lock, holder);
    }
  } finally {
    rmSync(mine, { force: true });
  }
}

/** link() is the atomic "make it unless it is there", with its content already whole. */
function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Undefined when it has just gone, or is not a lock of ours. */
function holderOf(lock: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(lock, 'utf8')) as Holder;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Another runner may find the same stale lock at the same time and be quicker: what was moved away must be the stale one. */
function removeStale(lock: string, stale: Holder | undefined): void {
  const aside = `${lock}.stale.${process.pid}`;
  try {
    renameSync(lock, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const moved = holderOf(aside);
  if (moved && moved.pid !== stale?.pid && isAlive(moved)) linked(aside, lock);
  rmSync(aside, { force: true });
}

export function writeRecord(folder: Folder): void {
  const children = [...liveChildren].flatMap(({ name, pid }) => {
    const identity = identityOf(pid);
    return identity === undefined ? [] : [{ name, pid, identity }];
  });
  const record: RunRecord = { runner: self(), controlSocket: folder.controlSocket, children };
  writePrivately(folder.record, `${JSON.stringify(record, undefined, 2)}\n`);
}

export const readRecord = (folder: Folder): RunRecord | undefined => readJson<RunRecord>(folder.record);

export function removeRecord(folder: Folder): void {
  rmSync(folder.record, { force: true });
  rmSync(folder.lock, { force: true });
}

/** Names of the processes that an earlier runner left and that were stopped now. Call it with the lock taken. */
export async function stopLeftovers(folder: Folder): Promise<string[]> {
  const left = await stopChildren(readRecord(folder)?.children ?? []);
  rmSync(folder.record, { force: true });
  return left;
}

/** Names of those that were alive. */
export async function stopChildren(children: readonly Known[]): Promise<string[]> {
  const left = children.filter(isAlive);
  await Promise.all(left.map(stopLeftover));
  return left.map(({ name }) => name);
}

async function stopLeftover(child: Known): Promise<void> {
  // Postgres waits for its clients on SIGTERM; SIGINT is its quick and orderly stop.
  if (isAlive(child)) process.kill(child.pid, child.name === 'postgres' ? 'SIGINT' : 'SIGTERM');
  if (isAlive(child)) thawTree(child.pid); // it may have been left frozen
  if (await gone(child, STOP_MS_MAX)) return;
  if (isAlive(child)) killTree(child.pid);
  if (!(await gone(child, KILL_MS_MAX)))
    throw new Error(`${child.name} (pid ${child.pid}) of an earlier run does not end: end it by hand`);
}

export async function gone(child: Known, atMostMs: number): Promise<boolean> {
  const giveUpAt = performance.now() + atMostMs;
  while (isAlive(child)) {
    if (performance.now() > giveUpAt) return false;
    await sleep(POLL_MS);
  }
  return true;
}
