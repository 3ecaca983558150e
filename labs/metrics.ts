/** What the processes of a running system say of themselves at their ops ports. */
import { askStatus, type Running } from '../tools/system/running.ts';
import type { ProcessStatus } from '../tools/system/status.ts';

const ANSWER_MS_MAX = 5_000;

/** Undefined when the process does not answer now, or does not say it. */
export const metricOf = async (process: ProcessStatus, metric: string): Promise<number | undefined> =>
  (await metricsOf(process))?.get(metric);

const SAMPLE = /^(\w+)(?:{[^}]*})? (\S+)/gm;

/** By name; of one with labels the first. Undefined when the process does not answer now. */
export async function metricsOf({ ports }: ProcessStatus): Promise<ReadonlyMap<string, number> | undefined> {
  try {
    const response = await fetch(`http://127.0.0.1:${ports.at(-1)}/metrics`, {
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
    const samples = [...(await response.text()).matchAll(SAMPLE)];
    return new Map(samples.reverse().map(([, name = '', value]) => [name, Number(value)]));
  } catch (error) {
    if (error instanceof TypeError || (error as Error).name === 'TimeoutError') return undefined; // it is frozen or gone
    throw error;
  }
}

export const replicasOf = async (system: Running, service: string): Promise<ProcessStatus[]> =>
  (await askStatus(system.dataDir)).processes.filter(({ name }) => new RegExp(`^${service}-\\d+$`).test(name));

/** Events that are not on Kafka yet. All replicas look at one table. Undefined when none of them answers. */
export async function outboxWaiting(system: Running): Promise<number | undefined> {
  for (const storage of await replicasOf(system, 'storage')) {
    const waiting = await metricOf(storage, 'seams_outbox_waiting');
    if (waiting !== undefined) return waiting;
  }
  return undefined;
}

/** By process of the services; undefined for one that did not answer. */
export type CpuSeconds = ReadonlyMap<string, number | undefined>;

/** User and system time so far. */
export async function cpuSeconds(system: Running): Promise<CpuSeconds> {
  const { processes } = await askStatus(system.dataDir);
  const services = processes.filter(({ kind }) => kind === 'service');
  const seconds = await Promise.all(services.map((one) => metricOf(one, 'process_cpu_time_seconds_total')));
  return new Map(services.map(({ name }, at) => [name, seconds[at]]));
}

export interface CpuSpent {
  /** Of those whose time is known. */
  readonly seconds: number;
  /** Which processes did not say their time. Undefined when all did. */
  readonly missing: string | undefined;
}

/** What all of them took between two readings; of one that was started in between, all it took so far. */
export function cpuBetween(before: CpuSeconds, after: CpuSeconds): CpuSpent {
  const silent = [...after.keys()].filter(
    (name) => after.get(name) === undefined || (before.has(name) && before.get(name) === undefined),
  );
  const seconds = [...after].reduce(
    (sum, [name, spent = 0]) => (silent.includes(name) ? sum : sum + spent - (before.get(name) ?? 0)),
    0,
  );
  return { seconds, missing: silent.length === 0 ? undefined : `the processor time of ${silent.join(', ')}` };
}
