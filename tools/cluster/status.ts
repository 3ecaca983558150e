/** `npm run cluster:status`: every pod, whether it is ready, and what it takes. */
import { noArguments } from './arguments.ts';
import { type Pod, RELEASE } from './kube.ts';
import type { Place } from './place.ts';
import { installedSystem } from './system.ts';
import { sum, type Usage, usageOf } from './usage.ts';

const MIB = 1_048_576;

export async function showStatus(place: Place, args: readonly string[]): Promise<boolean> {
  noArguments('cluster:status', args);
  const { kube, url, tracesUrl } = await installedSystem(place);
  const [pods, usages] = await Promise.all([kube.pods(), usageOf(kube)]);
  for (const line of statusTable(pods, usages)) console.log(line);
  console.log(`\nthe API ${url}, the traces ${tracesUrl} (${place.name})`);
  return pods.every(({ ready }) => ready);
}

export function statusTable(pods: readonly Pod[], usages: readonly Usage[]): string[] {
  const rows = pods.map((pod) => ({ pod, usage: usages.find((one) => one.pod === pod.name) }));
  const width = Math.max(...rows.map(({ pod }) => pod.name.length), 3);
  const line = (name: string, ...cells: string[]): string =>
    // The state's column holds "ContainerCreating".
    `${name.padEnd(width)}${cells.map((cell, column) => cell.padStart(column === 0 ? 19 : 11)).join('')}`;
  const mib = (bytes: number | undefined): string => (bytes === undefined ? '' : `${(bytes / MIB).toFixed(0)} MiB`);
  const known = rows.flatMap(({ usage }) => usage ?? []);
  return [
    line('pod', 'state', 'restarts', 'memory', 'with cache', 'CPU'),
    ...rows.map(({ pod, usage }) =>
      line(
        pod.name,
        pod.deleted ? 'leaving' : pod.ready ? 'ready' : (pod.waiting ?? pod.phase),
        String(pod.restarts),
        mib(usage?.rssBytes),
        mib(usage?.workingSetBytes),
        usage ? `${usage.cpuMillis.toFixed(0)} m` : '',
      ),
    ),
    line(
      `${pods.length} pods of the release ${RELEASE}`.slice(0, width),
      '',
      '',
      mib(sum(known.map(({ rssBytes }) => rssBytes))),
      mib(sum(known.map(({ workingSetBytes }) => workingSetBytes))),
      `${sum(known.map(({ cpuMillis }) => cpuMillis)).toFixed(0)} m`,
    ),
  ];
}
