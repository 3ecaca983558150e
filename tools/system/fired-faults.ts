/** The counters of the faults that fired, of each process that runs services: seams_faults_fired_total of its /metrics. */
import type { ProcessFaults } from '../../load/fired.ts';
import { samplesOf, sumOf } from '../infrastructure/watcher/metrics-text.ts';
import { askHttp } from '../infrastructure/watcher/probe.ts';
import { askStatus, HOST } from './running.ts';

const COUNTER = 'seams_faults_fired_total';

/** Of those that answer: a frozen or dead process is left out. */
export async function readFiredFaults(dataDir: string): Promise<ProcessFaults[]> {
  const { processes } = await askStatus(dataDir);
  const services = processes.filter(({ kind }) => kind === 'service');
  const all = await Promise.all(
    services.map(async ({ name, ports }) => {
      // The port that operates a process stands last.
      const { state, text } = await askHttp(`http://${HOST}:${ports.at(-1)}/metrics`);
      return state === 'ready' && text !== undefined ? processFaultsOf(name, text) : [];
    }),
  );
  return all.flat();
}

export function processFaultsOf(name: string, text: string): ProcessFaults[] {
  const samples = samplesOf(text);
  const upS = sumOf(samples, 'process_uptime_seconds');
  const pid = samples.find((one) => one.name === 'target_info')?.labels.process_pid;
  if (upS === undefined || pid === undefined) return [];
  const counts = samples.flatMap(({ name: of, labels: { operation = '', action = '', side }, value }) =>
    // A load injects its faults at the caller's end.
    of === COUNTER && side === 'caller' ? [{ operation, action, fired: value }] : [],
  );
  return [{ process: `${name} (pid ${pid})`, upMs: upS * 1_000, counts }];
}
