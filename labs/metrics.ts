/** What the processes of a running system say of themselves at their ops ports. */
import { askStatus, type Running } from '../tools/system/running.ts';
import type { ProcessStatus } from '../tools/system/status.ts';

const ANSWER_MS_MAX = 5_000;

/** Undefined when the process does not answer now, or does not say it. */
export async function metricOf(process: ProcessStatus, metric: string): Promise<number | undefined> {
  const url = `http://127.0.0.1:${process.ports.at(-1)}/metrics`;
  try {
    const text = await (await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS_MAX) })).text();
    const found = new RegExp(`^${metric}(?:{[^}]*})? (\\S+)`, 'm').exec(text);
    return found ? Number(found[1]) : undefined;
  } catch (error) {
    if (error instanceof TypeError || (error as Error).name === 'TimeoutError') return undefined; // it is frozen or gone
    throw error;
  }
}

export const replicasOf = async (system: Running, service: string): Promise<ProcessStatus[]> =>
  (await askStatus(system.dataDir)).processes.filter(({ name }) => new RegExp(`^${service}-\\d+$`).test(name));

/** Events that are not on Kafka yet. All replicas look at one table. */
export async function outboxWaiting(system: Running): Promise<number> {
  for (const storage of await replicasOf(system, 'storage')) {
    const waiting = await metricOf(storage, 'seams_outbox_waiting');
    if (waiting !== undefined) return waiting;
  }
  throw new Error('no replica of storage says how many events wait');
}

/** User and system time so far of every process of the services, in seconds, by its name. */
export async function cpuSeconds(system: Running): Promise<Map<string, number>> {
  const { processes } = await askStatus(system.dataDir);
  const services = processes.filter(({ kind }) => kind === 'service');
  const seconds = await Promise.all(services.map((one) => metricOf(one, 'process_cpu_time_seconds_total')));
  return new Map(services.map(({ name }, at) => [name, seconds[at] ?? 0]));
}

/** What all of them took between two looks, in seconds; of one that came in between, all it took so far. */
export const cpuBetween = (before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): number =>
  [...after].reduce((sum, [name, spent]) => sum + spent - (before.get(name) ?? 0), 0);
