/** What the chart's pods are: the parts of Kubernetes' objects that the checks look at. */
import type { Kubernetes } from './render.ts';

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly imagePullPolicy?: string;
  readonly command?: readonly string[];
  readonly env?: readonly Variable[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
  readonly resources?: { readonly requests?: object; readonly limits?: object };
  readonly securityContext?: object;
  readonly startupProbe?: object;
  readonly readinessProbe?: object;
  readonly livenessProbe?: object;
  readonly lifecycle?: { readonly preStop?: { readonly sleep?: { readonly seconds: number } } };
}

export interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly secretKeyRef?: { readonly name: string; readonly key: string };
    readonly fieldRef?: { readonly fieldPath: string };
  };
}

export interface PodSpec {
  readonly serviceAccountName?: string;
  readonly automountServiceAccountToken?: boolean;
  readonly securityContext?: object;
  readonly terminationGracePeriodSeconds?: number;
  readonly topologySpreadConstraints?: readonly object[];
  readonly volumes?: readonly { readonly name: string }[];
  readonly initContainers?: readonly Container[];
  readonly containers: readonly Container[];
}

export interface Pod {
  /** Of what makes it, for example "Deployment seams-storage". */
  readonly name: string;
  readonly component: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly replicas: number | undefined;
  readonly spec: PodSpec;
}

interface Template {
  readonly replicas?: number;
  readonly template: {
    readonly metadata: { readonly labels: Readonly<Record<string, string>> };
    readonly spec: PodSpec;
  };
}

export const podsOf = (objects: readonly Kubernetes[]): Pod[] =>
  objects.flatMap((object) => {
    const { kind, metadata } = object;
    const name = `${kind} ${metadata.name}`;
    if (kind === 'Pod') return [podOf(name, metadata.labels ?? {}, object.spec as PodSpec)];
    if (!['Deployment', 'StatefulSet', 'Job'].includes(kind)) return [];
    const { replicas, template } = object.spec as Template;
    return [podOf(name, template.metadata.labels, template.spec, replicas)];
  });

const podOf = (name: string, labels: Readonly<Record<string, string>>, spec: PodSpec, replicas?: number): Pod => ({
  name,
  component: labels['app.kubernetes.io/component'] ?? '',
  labels,
  replicas,
  spec,
});

export const containersOf = ({ spec }: Pod): readonly Container[] => [
  ...(spec.initContainers ?? []),
  ...spec.containers,
];

export const environmentIn = (container: Container): Record<string, string | undefined> =>
  Object.fromEntries((container.env ?? []).map(({ name, value }) => [name, value]));
