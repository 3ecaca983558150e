/** What NetworkPolicies come to, worked out as a cluster does: who may open a connection to whose port. */
import type { Pod } from './pods.ts';
import type { Kubernetes } from './render.ts';

interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
}
interface Peer {
  readonly podSelector?: Selector;
  readonly namespaceSelector?: Selector;
  readonly ipBlock?: { readonly cidr: string };
}
interface Rule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports?: readonly { readonly protocol: string; readonly port: number }[];
}
interface Policy {
  readonly podSelector: Selector;
  readonly policyTypes: readonly string[];
  readonly ingress?: readonly Rule[];
  readonly egress?: readonly Rule[];
}

type Labels = Readonly<Record<string, string>>;

const selects = ({ matchLabels = {} }: Selector, labels: Labels): boolean =>
  Object.entries(matchLabels).every(([name, value]) => labels[name] === value);

/** A pod of the same namespace; addresses and other namespaces are not ours to compare. */
const isPeer = ({ podSelector, namespaceSelector, ipBlock }: Peer, labels: Labels): boolean =>
  ipBlock === undefined && namespaceSelector === undefined && podSelector !== undefined && selects(podSelector, labels);

function allows(
  policies: readonly Policy[],
  way: 'ingress' | 'egress',
  ends: { own: Labels; other: Labels; port: number },
): boolean {
  const type = way === 'ingress' ? 'Ingress' : 'Egress';
  const own = policies.filter(
    ({ podSelector, policyTypes }) => policyTypes.includes(type) && selects(podSelector, ends.own),
  );
  if (own.length === 0) return true;
  return own
    .flatMap((policy) => policy[way] ?? [])
    .some((rule) => {
      const peers = way === 'ingress' ? rule.from : rule.to;
      const hasPort = rule.ports === undefined || rule.ports.some(({ port }) => port === ends.port);
      return hasPort && (peers === undefined || peers.some((peer) => isPeer(peer, ends.other)));
    });
}

export const policiesIn = (objects: readonly Kubernetes[]): Policy[] =>
  objects.filter(({ kind }) => kind === 'NetworkPolicy').map(({ spec }) => spec as Policy);

export function mayConnect(objects: readonly Kubernetes[], from: Labels, to: Labels, port: number): boolean {
  const policies = policiesIn(objects);
  return (
    allows(policies, 'egress', { own: from, other: to, port }) &&
    allows(policies, 'ingress', { own: to, other: from, port })
  );
}

/** Every connection between two components that the policies let through: "gateway > auth:7001", sorted. */
export function connectionsIn(objects: readonly Kubernetes[], pods: readonly Pod[]): string[] {
  const ports = new Map(
    pods.map(({ component, spec }) => [
      component,
      spec.containers.flatMap(({ ports: open = [] }) => open.map(({ containerPort }) => containerPort)),
    ]),
  );
  const found = pods.flatMap((from) =>
    pods.flatMap((to) =>
      (ports.get(to.component) ?? [])
        .filter((port) => mayConnect(objects, from.labels, to.labels, port))
        .map((port) => `${from.component} > ${to.component}:${port}`),
    ),
  );
  return [...new Set(found)].sort();
}
