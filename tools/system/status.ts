/** What `npm run status` shows: every process, its state, what it holds in memory. */
import { rssKbOf, treeKbOf } from './processes.ts';
import type { State, Supervised } from './supervised.ts';

export interface ProcessStatus {
  readonly name: string;
  readonly kind: 'runner' | 'infrastructure' | 'service';
  readonly runtime: 'node' | 'java' | 'native';
  readonly pid: number | null;
  readonly state: State;
  readonly restarts: number;
  readonly upSeconds: number;
  readonly rssKb: number;
  readonly ports: readonly number[];
  readonly log: string | null;
}

export interface SystemStatus {
  /** ISO time, null while it starts. */
  readonly readyAt: string | null;
  readonly url: string;
  readonly tracesUrl: string;
  readonly dataDir: string;
  readonly processes: readonly ProcessStatus[];
  /** All Node processes together, this runner included. */
  readonly rssNodeKb: number;
}

export type Whole = Pick<SystemStatus, 'readyAt' | 'url' | 'tracesUrl' | 'dataDir'>;

export function statusOf(whole: Whole, parts: readonly Supervised[]): SystemStatus {
  const runner: ProcessStatus = {
    name: 'runner',
    kind: 'runner',
    runtime: 'node',
    pid: process.pid,
    state: whole.readyAt === null ? 'starting' : 'ready',
    restarts: 0,
    upSeconds: Math.round(process.uptime()),
    rssKb: rssKbOf(process.pid),
    ports: [],
    log: null,
  };
  const processes = [
    runner,
    ...parts.map(
      ({ part, pid, state, restarts, upSeconds }): ProcessStatus => ({
        name: part.name,
        kind: part.kind,
        runtime: part.runtime,
        pid: pid ?? null,
        state,
        restarts,
        upSeconds,
        rssKb: pid === undefined ? 0 : part.name === 'postgres' ? treeKbOf(pid) : rssKbOf(pid),
        ports: part.ports,
        log: part.logFile,
      }),
    ),
  ];
  const rssNodeKb = processes.reduce((sum, { runtime, rssKb }) => sum + (runtime === 'node' ? rssKb : 0), 0);
  return { ...whole, processes, rssNodeKb };
}

const COLUMNS = ['process', 'state', 'pid', 'up', 'restarts', 'RSS MB', 'ports'] as const;
const megabytes = (kb: number): string => (kb / 1_024).toFixed(0);

function upText(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.floor(seconds / 60)} min`;
  return `${Math.floor(seconds / 3_600)} h`;
}

export function tableOf(status: SystemStatus): string {
  const rows: string[][] = [
    [...COLUMNS],
    ...status.processes.map(({ name, state, pid, upSeconds, restarts, rssKb, ports }) => [
      name,
      state,
      pid === null ? '-' : String(pid),
      upText(upSeconds),
      String(restarts),
      megabytes(rssKb),
      ports.join(' '),
    ]),
  ];
  const widths = COLUMNS.map((_, at) => Math.max(...rows.map((row) => (row[at] ?? '').length)));
  const isNumber = (at: number): boolean => at >= 2 && at <= 5;
  const lines = rows.map((row) =>
    row
      .map((cell, at) => (isNumber(at) ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
  const nodes = status.processes.filter(({ runtime }) => runtime === 'node').length;
  const readiness = status.readyAt === null ? 'not ready yet' : `ready since ${status.readyAt}`;
  return [
    ...lines,
    '',
    `${nodes} Node processes together: ${megabytes(status.rssNodeKb)} MB RSS; ${readiness}; API ${status.url}, traces ${status.tracesUrl}`,
  ].join('\n');
}
