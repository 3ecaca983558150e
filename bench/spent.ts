/** What each process of a running system has used: from /proc, so on Linux only. */
import { readFileSync } from 'node:fs';
import { descendantsOf } from '../tools/infrastructure/tree.ts';
import { askStatus, type Running } from '../tools/system/running.ts';
import type { SystemStatus } from '../tools/system/status.ts';

export interface Spent {
  /** User and system time since its start. Postgres is many processes, all of them counted. */
  readonly cpuMs: number;
  readonly rssMb: number;
}

// USER_HZ, which /proc counts in: 100 wherever Linux runs Node, so over 10 s of work the step is a thousandth.
const MS_PER_TICK = 10;
const KB_PER_MB = 1_024;

/** By the process's name. */
export function spentBy({ processes }: SystemStatus): Map<string, Spent> {
  return new Map(
    processes.flatMap(({ name, pid, rssKb }) =>
      pid === null
        ? []
        : [[name, { cpuMs: ownCpuMsOf(pid, name === 'postgres'), rssMb: Math.round(rssKb / KB_PER_MB) }] as const],
    ),
  );
}

/** By the process's name, since its start. */
export async function cpuMsOf({ dataDir }: Running): Promise<Map<string, number>> {
  const spent = spentBy(await askStatus(dataDir));
  return new Map([...spent].map(([name, { cpuMs }]) => [name, cpuMs]));
}

/** What a connection used that has ended stands at the process that waited for it. */
const OWN = [11, 12];
const WITH_ENDED_CHILDREN = [11, 12, 13, 14];

function ownCpuMsOf(pid: number, isTree: boolean): number {
  if (!isTree) return ticksOf(pid, OWN) * MS_PER_TICK;
  return [pid, ...descendantsOf(pid)].reduce((sum, each) => sum + ticksOf(each, WITH_ENDED_CHILDREN), 0) * MS_PER_TICK;
}

function ticksOf(pid: number, counted: readonly number[]): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in brackets and may hold anything, so fields are counted after it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return counted.reduce((sum, at) => sum + Number(fields[at]), 0);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return 0; // it ended between two looks
    throw error;
  }
}
