/** The kit: a real Kubernetes of one node as plain processes, for machines without Docker or a registry. */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { appVersion, CHECKOUT, infrastructureImages, nextVersion } from './chart.ts';
import { makeImages } from './images.ts';
import type { Kube } from './kube.ts';
import type { Place } from './place.ts';
import { run } from './run.ts';

const BIN = process.env.KUBE_BIN ?? '/var/lib/cluster-kit/bin';
const STATE = process.env.KUBE_STATE ?? '/var/lib/cluster-kit/state';
const NODE = process.env.KUBE_NODE ?? 'node1';
const SET_UP_MS_MAX = 30 * 60_000;
const UP_MS_MAX = 5 * 60_000;
/** One Postgres and three brokers. */
const VOLUMES = 4;

/** 5353: the kit's DNS pods listen there, and a policy sees the pod's port. */
const DNS_PORTS = ['--set', 'networkPolicies.dns.ports={53,5353}'];

export function kitPlace(kit: string): Place {
  const script = path.join(kit, 'kube.sh');
  const env = { KUBECONFIG: path.join(STATE, 'admin.conf') };
  const access = { kubectl: [path.join(BIN, 'kubectl')], helm: [path.join(BIN, 'helm')], env };
  return {
    name: `the kit in ${path.relative(process.cwd(), kit) || '.'}`,
    access,
    helmArguments: DNS_PORTS,
    exists: async () => existsSync(path.join(STATE, 'admin.conf')),
    up: async (say) => {
      if (process.getuid?.() !== 0) throw new Error('the kit needs root: containers and their networks are made by it');
      if (!existsSync(path.join(BIN, 'hyperkube'))) say('unpacking the kit, once: half a minute');
      await run(path.join(kit, 'setup.sh'), [BIN], { msMax: SET_UP_MS_MAX });
      await run(script, ['up'], { msMax: UP_MS_MAX, onLine: (line) => say(line.replace(/^\[ *[\d.]+s\] /, '')) });
    },
    images: async (say) => {
      const archive = await makeImages({
        checkout: CHECKOUT,
        cacheDir: process.env.SEAMS_CACHE ?? path.join(CHECKOUT, '.seams/cache'),
        logFile: path.join(STATE, 'logs/maven.log'),
        onProgress: say,
        tags: [appVersion(), nextVersion()],
        infrastructure: infrastructureImages(),
        jaegerBinary: path.join(BIN, 'jaeger'),
      });
      say('loading the images into the cluster');
      await run(script, ['load', archive], { msMax: UP_MS_MAX });
    },
    volumes: makeVolumes,
    nodePortHost: undefined,
    mapped: undefined,
    down: async () => {
      await run(script, ['down'], { msMax: UP_MS_MAX });
    },
  };
}

/** Folders of this machine; one that a former installation has let go is emptied and offered again. */
async function makeVolumes(kube: Kube): Promise<void> {
  const { items } = JSON.parse(await kube.kubectl(['get', 'pv', '-o', 'json'])) as { items: VolumeJson[] };
  const taken = new Set(items.filter(({ status }) => status.phase === 'Bound').map(({ metadata }) => metadata.name));
  for (const name of Array.from({ length: VOLUMES }, (_, index) => `seams-${index}`)) {
    if (taken.has(name)) continue;
    const folder = path.join(STATE, 'volumes', name);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    await kube.kubectl(['delete', 'pv', name, '--ignore-not-found']);
    await kube.apply(volume(name, folder));
  }
}

interface VolumeJson {
  readonly metadata: { readonly name: string };
  readonly status: { readonly phase: string };
}

const volume = (name: string, folder: string): object => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name },
  spec: {
    capacity: { storage: '4Gi' },
    accessModes: ['ReadWriteOnce'],
    storageClassName: 'manual',
    persistentVolumeReclaimPolicy: 'Retain',
    local: { path: folder },
    nodeAffinity: {
      required: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [NODE] }] }],
      },
    },
  },
});
