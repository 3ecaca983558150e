/** Facts about processes: whether a number still means the process that it meant, and what it holds in memory. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * What tells a process from a later one with the same number: its start time, in ticks since this boot.
 * Undefined when there is no such process.
 */
export function identityOf(pid: number): string | undefined {
  if (process.platform !== 'linux') {
    const started = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).stdout?.trim();
    return started || undefined;
  }
  const stat = readIfThere(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The second field is the program's name in brackets and may hold anything, so fields are counted after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, startedAt] = [fields[0], fields[19]];
  // A zombie has ended; only its parent has not asked yet.
  return state === 'Z' || state === 'X' ? undefined : `${bootId()} ${startedAt}`;
}

let boot: string | undefined;
const bootId = (): string => (boot ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());

export function rssKbOf(pid: number): number {
  if (process.platform !== 'linux') {
    return Number(spawnSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }).stdout?.trim() || 0);
  }
  return kbIn(readIfThere(`/proc/${pid}/status`), 'VmRSS');
}

/** Postgres is many processes on one shared memory: shares are added up, so that nothing counts twice. */
export function treeKbOf(pid: number): number {
  const children = readIfThere(`/proc/${pid}/task/${pid}/children`)?.trim();
  if (children === undefined) return rssKbOf(pid);
  const pids = [pid, ...children.split(' ').filter(Boolean).map(Number)];
  return pids.reduce((sum, each) => sum + kbIn(readIfThere(`/proc/${each}/smaps_rollup`), 'Pss'), 0) || rssKbOf(pid);
}

const kbIn = (text: string | undefined, field: string): number =>
  Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text ?? '')?.[1] ?? 0);

/** A process may end between two looks at it. */
function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES') return undefined;
    throw error;
  }
}
