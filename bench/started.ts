/** A system that a benchmark starts and stops as a user would: the same command, on a data folder of its own. */
import type { Running } from '../tools/system/running.ts';
import { spawnRunner, stopRunner, untilStarted } from '../tools/system/started.ts';

export interface StartPlan {
  readonly dataDir: string;
  readonly offset: number;
  readonly single: boolean;
  /** Share of requests whose trace is kept. */
  readonly traceRatio: number;
  /** What a rung gives its processes; it wins. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Started {
  readonly running: Running;
  /** From the command to "ready". */
  readonly readyMs: number;
  stop(): Promise<void>;
}

const READY_MS_MAX = 120_000;

/** @throws Error with what the runner said when it does not get ready */
export async function started({ traceRatio, env, ...start }: StartPlan): Promise<Started> {
  const startedAt = performance.now();
  const runner = spawnRunner({ ...start, env: { SEAMS_TRACE_RATIO: String(traceRatio), ...env } });
  const running = await untilStarted(runner, start.dataDir, READY_MS_MAX);
  return { running, readyMs: performance.now() - startedAt, stop: () => stopRunner(runner) };
}
