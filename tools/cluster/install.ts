/** The release: its namespace, its chart, and when all of it is ready. */
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CHART } from './chart.ts';
import { Kube, NAMESPACE, ofRelease, type Pod, RELEASE } from './kube.ts';
import type { Place } from './place.ts';
import type { Progress } from './progress.ts';

const READY_MS_MAX = 6 * 60_000;
const HELM_MS_MAX = 120_000;
/** A line when something changed, and after this long anyhow. */
const TELL_EVERY_MS = 10_000;
const LOOK_EVERY_MS = 500;

const POD_SECURITY = 'pod-security.kubernetes.io';

/** What runs here must keep to the strictest of Kubernetes' profiles, or is refused. */
const namespace = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: {
    name: NAMESPACE,
    labels: Object.fromEntries(['enforce', 'audit', 'warn'].map((mode) => [`${POD_SECURITY}/${mode}`, 'restricted'])),
  },
};

export const chartArguments = ({ helmArguments }: Place): string[] => [
  CHART,
  '-f',
  path.join(CHART, 'values-kind.yaml'),
  ...helmArguments,
];

/** Resolves with the seconds from `helm install` to the last pod that became ready. */
export async function install(place: Place, progress: Progress, more: readonly string[] = []): Promise<number> {
  const kube = new Kube(place.access);
  try {
    await kube.apply(namespace);
    await place.volumes(kube);
    progress.say(`helm upgrade --install ${RELEASE}`);
    const began = progress.seconds;
    await kube.helm(['upgrade', '--install', RELEASE, ...chartArguments(place), ...more], { msMax: HELM_MS_MAX });
    await untilAllReady(kube, progress);
    return progress.seconds - began;
  } finally {
    await kube.close();
  }
}

export async function untilAllReady(kube: Kube, progress: Progress, msMax = READY_MS_MAX): Promise<void> {
  const giveUpAt = performance.now() + msMax;
  let told = '';
  let toldAt = 0;
  for (;;) {
    const waitingFor = await missing(kube);
    if (waitingFor === undefined) return;
    if (performance.now() > giveUpAt) throw new Error(`not ready after ${msMax / 1_000} s: ${waitingFor}`);
    if (waitingFor !== told && (performance.now() - toldAt > TELL_EVERY_MS || told === '')) {
      progress.say(waitingFor);
      [told, toldAt] = [waitingFor, performance.now()];
    }
    await sleep(LOOK_EVERY_MS);
  }
}

interface Workloads {
  readonly items: readonly {
    readonly metadata: { readonly name: string; readonly generation: number };
    readonly spec: { readonly replicas?: number };
    readonly status: {
      readonly observedGeneration?: number;
      readonly readyReplicas?: number;
      readonly updatedReplicas?: number;
      readonly replicas?: number;
    };
  }[];
}

/** Undefined when every replica of the newest generation is ready and no older one is left. */
async function missing(kube: Kube): Promise<string | undefined> {
  const lists = ['deployments', 'statefulsets'].map((what) =>
    kube.readOurs<Workloads>('apps/v1', `${what}?${ofRelease}`),
  );
  const items = (await Promise.all(lists)).flatMap((list) => list.items);
  const unready = items.filter(({ metadata, spec, status }) => {
    const { readyReplicas = 0, updatedReplicas = 0, replicas = 0, observedGeneration = 0 } = status;
    const wanted = spec.replicas ?? 1;
    return (
      observedGeneration < metadata.generation ||
      readyReplicas < wanted ||
      updatedReplicas < wanted ||
      replicas > wanted
    );
  });
  if (items.length > 0 && unready.length === 0) return undefined;
  const pods = await kube.pods();
  const waiting = pods.filter(({ ready }) => !ready);
  const named = [...Map.groupBy(waiting, ({ component }) => component)].map(described).sort().join(', ');
  return `${pods.length - waiting.length} of ${pods.length} pods ready; waiting for ${named || 'the rest'}`;
}

/** "kafka ×3 (starting)", by what most of them wait for. */
function described([component, pods]: [string, Pod[]]): string {
  const [first] = pods;
  const why = first?.waiting ?? (first?.phase === 'Running' ? 'starting' : (first?.phase ?? ''));
  return `${component}${pods.length > 1 ? ` ×${pods.length}` : ''} (${why})`;
}

/** Everything of the release but its volumes and passwords. */
export async function uninstall(kube: Kube): Promise<void> {
  await kube.helm(['uninstall', RELEASE, '--ignore-not-found', '--wait'], { msMax: HELM_MS_MAX });
}
