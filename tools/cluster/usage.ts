/** Memory and CPU of each pod, as its node's kubelet measures them: no metrics server is needed. */
import { type Kube, NAMESPACE } from './kube.ts';

export interface Usage {
  readonly pod: string;
  /** Without the page cache. */
  readonly rssBytes: number;
  /** With as much of the page cache as was used lately: what a limit is held against. */
  readonly workingSetBytes: number;
  readonly cpuMillis: number;
}

interface Summary {
  readonly pods: readonly {
    readonly podRef: { readonly name: string; readonly namespace: string };
    readonly containers?: readonly {
      readonly memory?: { readonly rssBytes?: number; readonly workingSetBytes?: number };
      readonly cpu?: { readonly usageNanoCores?: number };
    }[];
  }[];
}

export async function usageOf(kube: Kube): Promise<Usage[]> {
  const { items } = await kube.read<{ items: { metadata: { name: string } }[] }>('/api/v1/nodes');
  const summaries = await Promise.all(
    items.map(({ metadata: { name } }) => kube.read<Summary>(`/api/v1/nodes/${name}/proxy/stats/summary`)),
  );
  return summaries
    .flatMap(({ pods }) => pods)
    .filter(({ podRef }) => podRef.namespace === NAMESPACE)
    .map(({ podRef, containers = [] }) => ({
      pod: podRef.name,
      rssBytes: sum(containers.map(({ memory }) => memory?.rssBytes ?? 0)),
      workingSetBytes: sum(containers.map(({ memory }) => memory?.workingSetBytes ?? 0)),
      cpuMillis: sum(containers.map(({ cpu }) => (cpu?.usageNanoCores ?? 0) / 1e6)),
    }));
}

export const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
