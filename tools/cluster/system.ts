/** The system in a cluster as somebody outside finds it: addresses through NodePorts, the demo accounts' passwords. */
import type { AuditedSystem } from '../../audit/audit.ts';
import type { DemoAccount } from '../system/installation.ts';
import { Kube, RELEASE } from './kube.ts';
import type { Place } from './place.ts';

export interface ClusterSystem {
  readonly place: Place;
  readonly kube: Kube;
  readonly url: string;
  readonly tracesUrl: string;
  readonly demoAccounts: readonly DemoAccount[];
}

interface ServiceJson {
  readonly spec: {
    readonly type: string;
    readonly ports: readonly { readonly name: string; readonly nodePort?: number }[];
  };
}

interface NodesJson {
  readonly items: readonly {
    readonly status: { readonly addresses: readonly { readonly type: string; readonly address: string }[] };
  }[];
}

/** @throws Error of one line when no cluster runs or nothing is installed there */
export async function installedSystem(place: Place): Promise<ClusterSystem> {
  if (!(await place.exists())) throw new Error(`no cluster runs (${place.name}): npm run cluster:up`);
  const kube = new Kube(place.access);
  const found = await kube.in(['get', 'deployment', `${RELEASE}-gateway`, '--ignore-not-found', '-o', 'name']);
  if (found.trim() === '') throw new Error(`Seams is not installed (${place.name}): npm run cluster:up`);
  const accounts = (await kube.secret(`${RELEASE}-demo-accounts`))['accounts.json'] ?? '[]';
  return {
    place,
    kube,
    url: await urlOf(kube, place, { service: 'gateway', port: 'http', mapped: place.mapped?.api }),
    tracesUrl: await urlOf(kube, place, { service: 'jaeger', port: 'query', mapped: place.mapped?.traces }),
    demoAccounts: JSON.parse(accounts) as DemoAccount[],
  };
}

async function urlOf(
  kube: Kube,
  place: Place,
  { service, port, mapped }: { readonly service: string; readonly port: string; readonly mapped: number | undefined },
): Promise<string> {
  const { spec } = await kube.readOurs<ServiceJson>('v1', `services/${RELEASE}-${service}`);
  const nodePort = spec.ports.find(({ name }) => name === port)?.nodePort;
  if (nodePort === undefined)
    throw new Error(`the Service ${RELEASE}-${service} has no NodePort: install with -f values-kind.yaml`);
  return `http://${place.nodePortHost ?? (await nodeAddress(kube))}:${mapped ?? nodePort}`;
}

async function nodeAddress(kube: Kube): Promise<string> {
  const { items } = await kube.read<NodesJson>('/api/v1/nodes');
  const address = items[0]?.status.addresses.find(({ type }) => type === 'InternalIP')?.address;
  if (!address) throw new Error('the first node has no InternalIP');
  return address;
}

export function accountOf({ demoAccounts }: ClusterSystem, role: string): DemoAccount {
  const account = demoAccounts.find(({ roles }) => roles.includes(role));
  if (!account) throw new Error(`there is no demo account of a ${role}`);
  return account;
}

/** For loads: their client needs REST alone, for the stores are asked inside of the cluster (journal.ts). */
export const loadedSystem = (system: ClusterSystem): AuditedSystem => ({
  url: system.url,
  brokers: [],
  storageUrl: '',
  analyticsUrl: '',
  operator: accountOf(system, 'operator'),
});
