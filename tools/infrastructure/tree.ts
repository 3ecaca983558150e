/**
 * Signals for a process and all that it started. Postgres makes a session for each of its backends and Java may stand
 * below a wrapper, so neither a pid nor a process group reaches the whole of a part.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

// Each round finds what was started during the one before; a stopped process starts nothing, so two or three are enough.
const ROUNDS_MAX = 10;

/** Children, their children and so on, nearest first, without the process itself. */
export function descendantsOf(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const [child, parent] of parents()) children.set(parent, [...(children.get(parent) ?? []), child]);
  const found: number[] = [];
  for (let next = children.get(pid) ?? []; next.length > 0; next = next.flatMap((each) => children.get(each) ?? [])) {
    found.push(...next);
  }
  return found;
}

/** The root first, so that it starts nothing new behind our back. False when the root has ended. */
export function freezeTree(pid: number): boolean {
  if (!send(pid, 'SIGSTOP')) return false;
  const stopped = new Set<number>();
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const more = descendantsOf(pid).filter((each) => !stopped.has(each));
    if (more.length === 0) break;
    for (const each of more) {
      send(each, 'SIGSTOP');
      stopped.add(each);
    }
  }
  return true;
}

/** Leaves first: the root finds its children awake. False when the root has ended. */
export function thawTree(pid: number): boolean {
  for (const each of descendantsOf(pid).reverse()) send(each, 'SIGCONT');
  return send(pid, 'SIGCONT');
}

/**
 * All of it between two instants, as when its machine loses power: frozen first, so that no part sees another one die
 * and still acts on it. The process group goes along, for it may hold what lost its parent.
 */
export function killTree(pid: number): boolean {
  if (!freezeTree(pid)) return false;
  for (const each of descendantsOf(pid)) send(each, 'SIGKILL');
  const killed = send(pid, 'SIGKILL');
  send(-pid, 'SIGKILL');
  return killed;
}

/** False when there is no such process any more. */
function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/** Every process with its parent. */
function parents(): [number, number][] {
  if (process.platform !== 'linux') {
    const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
    return (stdout ?? '')
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s+/).map(Number) as [number, number]);
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const stat = statOf(name);
      // The second field is the program's name in brackets and may hold anything, so fields are counted after it.
      return stat === undefined ? [] : [[Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])]];
    }) as [number, number][];
}

/** Undefined when it has ended since the listing. */
function statOf(pid: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES') return undefined;
    throw error;
  }
}
