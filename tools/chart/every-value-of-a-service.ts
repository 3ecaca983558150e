/** The rows of services.<name>: the same for each, with other numbers. */

import type { Row } from './every-value.ts';
import { chartFacts } from './facts.ts';
import { env, inContainer, inPod, object } from './seen.ts';

const HPA_METRIC = {
  type: 'External',
  external: { metric: { name: 'lag' }, target: { type: 'AverageValue', averageValue: '100' } },
};
const AFFINITY = {
  nodeAffinity: {},
  podAffinity: {},
  podAntiAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: [
      { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { of: 'a-service' } } },
    ],
  },
};

const DEPLOYMENT = 'Deployment';
const HPA = 'HorizontalPodAutoscaler';

/** Both kinds of amount, and CPU as a number and as a text. */
export const resourceRows = (path: string, component: string, world: Row['world'], number: number): Row[] =>
  Object.entries({
    'requests.cpu': `${11 + number}m`,
    'requests.memory': `${100 + number}Mi`,
    'requests.ephemeral-storage': `${20 + number}Mi`,
    'limits.cpu': 2,
    'limits.memory': `${1 + number}Gi`,
    'limits.ephemeral-storage': 2_000_000_000 + number,
  }).map(([which, value]) => ({
    path: `${path}.resources.${which}`,
    world,
    value,
    seen: inContainer(component, `resources.${which}`),
  }));

function rowsOf(service: string, number: number): Row[] {
  const name = `seams-${service}`;
  const row = (key: string, value: unknown, seen: Row['seen'], as?: unknown): Row => ({
    path: `services.${service}.${key}`,
    world: 'batteries',
    value,
    seen,
    ...(as === undefined ? {} : { as }),
  });
  const volume = { name: 'extra', emptyDir: { sizeLimit: `${number + 1}Mi` } };
  const mount = { name: 'extra', mountPath: `/extra-${number}` };
  const source = { prefix: 'EXTRA_', configMapRef: { name: `extra-${number}`, optional: true } };
  const scaled = (key: string, value: unknown, path: string): Row => ({
    ...row(`autoscaling.${key}`, value, object(HPA, name, path)),
    world: 'outside',
  });
  return [
    row('replicas', 7 + number, object(DEPLOYMENT, name, 'spec.replicas')),
    row('env', { EXTRA: `${number}` }, env(service, 'EXTRA'), `${number}`),
    row('envFrom', [source], inContainer(service, 'envFrom')),
    row('extraVolumes', [volume], inPod(service, 'volumes.2'), volume),
    row('extraVolumeMounts', [mount], inContainer(service, 'volumeMounts.2'), mount),
    row('affinity', AFFINITY, inPod(service, 'affinity')),
    row('priorityClassName', 'system-node-critical', inPod(service, 'priorityClassName')),
    ...resourceRows(`services.${service}`, service, 'batteries', number),
    { ...row('autoscaling.enabled', true, object(HPA, name, 'spec.scaleTargetRef.name'), name), world: 'outside' },
    scaled('minReplicas', 3, 'spec.minReplicas'),
    scaled('maxReplicas', 11 + number, 'spec.maxReplicas'),
    scaled('cpuPercent', 50 + number, 'spec.metrics.0.resource.target.averageUtilization'),
    {
      ...row('autoscaling.metrics', [HPA_METRIC], object(HPA, name, 'spec.metrics.1'), HPA_METRIC),
      world: 'outside',
    },
  ];
}

export const SERVICE_ROWS: readonly Row[] = Object.keys(chartFacts().workloads).flatMap(rowsOf);
