/** Where the cluster is: one that somebody named, kind in Docker, or the kit of plain processes. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { onPath } from '../infrastructure/java.ts';
import { CHECKOUT } from './chart.ts';
import { kindPlace } from './kind.ts';
import { kitPlace } from './kit.ts';
import type { Access, Kube } from './kube.ts';

export interface Place {
  /** For people: "kind", "the kit in ../shared/cluster-kit". */
  readonly name: string;
  readonly access: Access;
  /** What the chart must be told here, as arguments of helm. */
  readonly helmArguments: readonly string[];
  exists(): Promise<boolean>;
  /** Safe to repeat. */
  up(say: (line: string) => void): Promise<void>;
  /** Makes what the chart names available to the nodes. */
  images(say: (line: string) => void): Promise<void>;
  /** Volumes for the claims of the stores, where nobody else makes them. */
  volumes(kube: Kube): Promise<void>;
  /** Where NodePorts are reached; undefined: at the first node. */
  readonly nodePortHost: string | undefined;
  /** Instead of <host>:<nodePort>, where another port leads there. */
  readonly mapped: { readonly api: number; readonly traces: number } | undefined;
  /** Takes the cluster away; undefined: it is not ours to take. */
  readonly down: (() => Promise<void>) | undefined;
}

/** @throws Error of one line when there is no place for a cluster */
export function findPlace(env: NodeJS.ProcessEnv = process.env): Place {
  if (env.SEAMS_CONTEXT) return contextPlace(env.SEAMS_CONTEXT, env.SEAMS_REGISTRY);
  if (env.SEAMS_KIT) {
    if (!isKit(env.SEAMS_KIT)) throw new Error(`SEAMS_KIT names ${env.SEAMS_KIT}, where there is no kube.sh`);
    return kitPlace(path.resolve(env.SEAMS_KIT));
  }
  if (onPath('kind') && onPath('docker') && spawnSync('docker', ['info'], { timeout: 10_000 }).status === 0)
    return kindPlace();
  const beside = path.resolve(CHECKOUT, '../shared/cluster-kit');
  if (isKit(beside)) return kitPlace(beside);
  throw new Error(
    'no cluster to use: install kind and start Docker, or name a context (SEAMS_CONTEXT=…), or a kit (SEAMS_KIT=FOLDER)',
  );
}

export const isKit = (folder: string): boolean => existsSync(path.join(folder, 'kube.sh'));

/** Somebody's cluster: images come from SEAMS_REGISTRY, or are there already. */
function contextPlace(context: string, registry: string | undefined): Place {
  const nothing = async (): Promise<void> => {};
  const access = { kubectl: ['kubectl', '--context', context], helm: ['helm', '--kube-context', context], env: {} };
  return {
    name: `the context ${context}`,
    access,
    helmArguments: registry ? ['--set', `image.registry=${registry}`] : [],
    exists: async () => true,
    up: nothing,
    images: async (say) =>
      say(`images come from ${registry ?? 'where the chart names them'}: SEAMS_REGISTRY says otherwise`),
    volumes: nothing,
    nodePortHost: undefined,
    mapped: undefined,
    down: undefined,
  };
}
