/** A system that a benchmark starts and stops as a user would: the same command, on a data folder of its own. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { askStatus, type Running, runningSystem } from '../tools/system/running.ts';

export interface StartPlan {
  readonly dataDir: string;
  readonly offset: number;
  readonly single: boolean;
  /** Share of requests whose trace is kept. */
  readonly traceRatio: number;
}

export interface Started {
  readonly running: Running;
  /** From the command to "ready". */
  readonly readyMs: number;
  stop(): Promise<void>;
}

const checkout = path.resolve(import.meta.dirname, '..');
const READY_MS_MAX = 120_000;
const STOP_MS_MAX = 60_000;
const POLL_MS = 50;

/** @throws Error with what the runner said when it does not get ready */
export async function started({ dataDir, offset, single, traceRatio }: StartPlan): Promise<Started> {
  const startedAt = performance.now();
  const args = ['--offset', String(offset), '--data', dataDir, ...(single ? ['--single'] : [])];
  const child = spawn(process.execPath, [path.join(checkout, 'tools/start.ts'), ...args], {
    cwd: checkout,
    stdio: ['pipe', 'pipe', 'pipe'],
    // When we die, our end of the pipe closes and the runner stops by itself.
    env: { ...process.env, SEAMS_STOP_WITH_STDIN: '1', SEAMS_TRACE_RATIO: String(traceRatio) },
  });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => said.push(String(part)));
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));

  const stop = async (): Promise<void> => {
    child.kill('SIGINT');
    const code = await Promise.race([exited, sleep(STOP_MS_MAX, 'late' as const, { ref: false })]);
    if (code === 'late') child.kill('SIGKILL');
    if (code !== 0) throw new Error(`npm start ended with ${code} when it was stopped:\n${said.join('')}`);
  };
  for (;;) {
    const ended = await Promise.race([exited.then(() => true), sleep(POLL_MS, false)]);
    if (ended) throw new Error(`npm start ended before it was ready:\n${said.join('')}`);
    const status = await askStatus(dataDir).catch(() => undefined); // its socket is not there yet
    if (status?.readyAt) break;
    if (performance.now() - startedAt < READY_MS_MAX) continue;
    await stop();
    throw new Error(`npm start is not ready after ${READY_MS_MAX / 1_000} s:\n${said.join('')}`);
  }
  return { running: await runningSystem(dataDir), readyMs: performance.now() - startedAt, stop };
}
