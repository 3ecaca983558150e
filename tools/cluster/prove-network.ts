/**
 * Who reaches whom, asked of every pair: from inside each component's container a TCP connection to each port of each
 * other's pod. What must be possible is made from topology.ts; everything else must not be.
 */
import { arrows, infrastructure, type Service, type ServiceName, services } from '../../topology.ts';
import { type Kube, NAMESPACE, type Pod, RELEASE } from './kube.ts';
import type { ClusterSystem } from './system.ts';

const CONNECT_MS_MAX = 2_500;
const STRANGER_MS_MAX = 60_000;
const EXEC_MS_MAX = 120_000;
/** Of what the chart's batteries listen on. */
const SQL = 5432;
const BROKER = 9092;
const CONTROLLER = 9093;

export interface Pair {
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly expected: boolean;
  readonly reached: boolean;
}

export interface Network {
  readonly pairs: readonly Pair[];
  /** What differs from topology.ts, each a sentence. */
  readonly wrong: readonly string[];
}

interface Port {
  readonly component: string;
  readonly port: number;
}

const names = Object.keys(services) as ServiceName[];
const serviceOf = (name: ServiceName): Service => services[name];

/** Every port that something of the release listens on. */
export function everyPort(): Port[] {
  const { auditor, traces } = infrastructure;
  return [
    ...names.flatMap((component) => Object.values(serviceOf(component).ports).map((port) => ({ component, port }))),
    { component: 'auditor', port: auditor.ports.http },
    { component: 'postgres', port: SQL },
    { component: 'kafka', port: BROKER },
    { component: 'kafka', port: CONTROLLER },
    { component: 'jaeger', port: traces.ports.otlp },
    { component: 'jaeger', port: traces.ports.query },
  ];
}

/** "from to port" of everything that topology.ts allows. */
export function allowed(): Set<string> {
  const may = new Set<string>();
  const allow = (from: string, to: string, port: number | undefined): void => {
    if (port !== undefined) may.add(`${from} ${to} ${port}`);
  };
  const entry = infrastructure['load-balancer'].to;
  for (const { from, to } of arrows) allow(from, to, serviceOf(to).ports.grpc);
  for (const name of names) {
    const { database, publishes, consumes } = serviceOf(name);
    if (database) allow(name, 'postgres', SQL);
    if (publishes || consumes) allow(name, 'kafka', BROKER);
    allow(name, 'jaeger', infrastructure.traces.ports.otlp);
  }
  // The auditor reads every store and asks by the front door, which is open to anybody who gets there.
  allow(infrastructure.auditor.for, 'auditor', infrastructure.auditor.ports.http);
  allow(entry, 'jaeger', infrastructure.traces.ports.query);
  allow('auditor', 'postgres', SQL);
  allow('auditor', 'kafka', BROKER);
  allow('auditor', entry, serviceOf(entry).ports.http);
  allow('kafka', 'kafka', BROKER);
  allow('kafka', 'kafka', CONTROLLER);
  return may;
}

export async function proveNetwork({ kube, place }: ClusterSystem): Promise<Network> {
  const pods = (await kube.pods()).filter(({ ready }) => ready);
  const stranger = await makeStranger(kube, pods);
  try {
    const may = allowed();
    const askers = [...firstOfEach(pods).filter(({ component }) => component !== 'jaeger'), stranger];
    const asked = await Promise.all(askers.map((asker) => ask(kube, asker, pods)));
    const pairs = asked.flat().map((pair) => ({ ...pair, expected: may.has(`${pair.from} ${pair.to} ${pair.port}`) }));
    const wrong = pairs
      .filter(({ expected, reached }) => expected !== reached)
      .map(({ from, to, port, reached }) => `${from} ${reached ? 'reaches' : 'does not reach'} ${to}:${port}`);
    if (pairs.length === 0) throw new Error(`nobody was asked (${place.name})`);
    return { pairs, wrong };
  } finally {
    await kube.in(['delete', 'pod', 'stranger', '--ignore-not-found', '--grace-period=0', '--force']);
  }
}

const firstOfEach = (pods: readonly Pod[]): Pod[] =>
  [...Map.groupBy(pods, ({ component }) => component).values()].flatMap(([first]) => first ?? []);

type Asked = Omit<Pair, 'expected'>;

/** One exec asks for all: a hundred of them would take minutes. The programs differ by what is in the image. */
async function ask(kube: Kube, asker: Pod, pods: readonly Pod[]): Promise<Asked[]> {
  const targets = everyPort().flatMap(({ component, port }) => {
    // Of a component with replicas the asker must try another than itself: nobody is kept from talking to himself.
    const pod = pods.find((one) => one.component === component && one.name !== asker.name);
    return pod ? [{ component, port, address: pod.address }] : [];
  });
  const hasShell = ['kafka', 'postgres'].includes(asker.component);
  const program = hasShell
    ? ['bash', '-c', withBash(targets)]
    : ['/nodejs/bin/node', '-e', withNode(targets.map(({ address, port }) => ({ host: address, port })))];
  const said = (await kube.in(['exec', asker.name, '--', ...program], { msMax: EXEC_MS_MAX })).trim().split('\n');
  return targets.map(({ component, port }, index) => ({
    from: asker.component,
    to: component,
    port,
    reached: said[index] === 'yes',
  }));
}

const withNode = (targets: readonly { host: string; port: number }[]): string => `
  const all = ${JSON.stringify(targets)}.map((to) => new Promise((resolve) => {
    const socket = require('node:net').connect(to);
    const end = (said) => { socket.destroy(); resolve(said); };
    socket.setTimeout(${CONNECT_MS_MAX}, () => end('no')).once('connect', () => end('yes')).once('error', () => end('no'));
  }));
  Promise.all(all).then((said) => console.log(said.join('\\n')));`;

const withBash = (targets: readonly { readonly address: string; readonly port: number }[]): string => {
  const one = ({ address, port }: { readonly address: string; readonly port: number }, at: number): string =>
    `(timeout ${CONNECT_MS_MAX / 1_000} bash -c 'exec 3<>/dev/tcp/${address}/${port}' 2>/dev/null && echo ${at} yes || echo ${at} no) &`;
  return `{ ${targets.map(one).join(' ')} wait; } | sort -n | cut -d' ' -f2`;
};

/** A pod in the same namespace that topology.ts does not name, with the image of one that it does. */
async function makeStranger(kube: Kube, pods: readonly Pod[]): Promise<Pod> {
  const image = pods.find(({ component }) => component === 'gateway')?.images[0] ?? '';
  await kube.apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'stranger', namespace: NAMESPACE, labels: { 'app.kubernetes.io/name': 'stranger' } },
    spec: {
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 0,
      securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: 'stranger',
          image,
          command: ['/nodejs/bin/node', '-e', 'setInterval(() => {}, 1e6)'],
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
        },
      ],
    },
  });
  await kube.in(['wait', '--for=condition=Ready', 'pod/stranger', `--timeout=${STRANGER_MS_MAX / 1_000}s`]);
  return {
    ...(pods[0] as Pod),
    name: 'stranger',
    component: 'stranger',
  };
}

/** Pod Security: what the namespace says, and whether it says no to a pod that wants more. */
export async function proveRestricted(kube: Kube): Promise<string> {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'privileged', namespace: NAMESPACE },
    spec: { containers: [{ name: 'x', image: `${RELEASE}/x`, securityContext: { privileged: true } }] },
  };
  try {
    await kube.kubectl(['apply', '--dry-run=server', '-f', '-'], { input: JSON.stringify(pod) });
  } catch (error) {
    const { message } = error as Error;
    if (message.includes('violates PodSecurity "restricted')) return message;
    throw error;
  }
  throw new Error(`the namespace ${NAMESPACE} lets a privileged pod in`);
}
