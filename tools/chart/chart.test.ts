/** The rendered chart against topology.ts, tools/environment.ts and the rules that every pod keeps. */
import { describe, expect, it, jest } from '@jest/globals';
import { arrows, drainMsMax, infrastructure, type Service, type ServiceName, services } from '../../topology.ts';
import { prefixOf } from '../environment.ts';
import { environmentHere, GIVEN_BY_THE_CHART, LEFT_OUT_OF_THE_CHART } from './facts.ts';
import { containersOf, environmentIn, type Pod, podsOf } from './pods.ts';
import { connectionsIn, mayConnect } from './policies.ts';
import { findHelm, HOW_TO_HELM } from './programs.ts';
import { type Kubernetes, rendered } from './render.ts';

// Each rendering is two processes: 0.3 s, and on a busy machine ten times that.
jest.setTimeout(60_000);

const here = findHelm() !== undefined;
/** Without Helm each test is counted as skipped, and the first line says why. */
const withHelm = here ? describe : describe.skip;
if (!here) console.warn(`the chart is not rendered: ${HOW_TO_HELM}`);

const names = Object.keys(services) as ServiceName[];
const objects: Kubernetes[] = here ? rendered({ values: ['values-kind.yaml'] }) : [];
const pods = podsOf(objects);
const podOf = (component: string): Pod => {
  const found = pods.find((pod) => pod.component === component);
  if (!found) throw new Error(`the chart has no pod ${component}`);
  return found;
};
const envOf = (component: string) => environmentIn(podOf(component).spec.containers[0] ?? { name: '', image: '' });
const serviceOf = (component: string) =>
  objects.find(({ kind, metadata }) => kind === 'Service' && metadata.name === `seams-${component}`)?.spec as {
    clusterIP?: string;
    type?: string;
    publishNotReadyAddresses?: boolean;
    ports: { port: number }[];
  };

withHelm('each service of topology.ts in the chart', () => {
  it.each(names)('%s listens where the topology says', (name) => {
    const [container] = podOf(name).spec.containers;
    const ports = Object.fromEntries((container?.ports ?? []).map((port) => [port.name, port.containerPort]));
    expect(ports).toEqual(services[name].ports);
    expect(container?.image).toBe(`seams/${name}:0.1.0`);
  });

  it.each(names)('%s has at least as many replicas', (name) => {
    expect(podOf(name).replicas).toBeGreaterThanOrEqual(services[name].replicas);
  });

  it.each(names)('%s gets what tools/environment.ts gives, but for addresses, secrets and switches', (name) => {
    const env = envOf(name);
    const expected = environmentHere(name);
    const given: readonly string[] = GIVEN_BY_THE_CHART;
    const leftOut: readonly string[] = LEFT_OUT_OF_THE_CHART;
    for (const [variable, value] of Object.entries(expected)) {
      if (leftOut.includes(variable)) continue;
      expect(Object.keys(env)).toContain(variable);
      if (!given.includes(variable) && !variable.endsWith('_TARGET'))
        expect([variable, env[variable]]).toEqual([variable, value]);
    }
    const more = Object.keys(env).filter((variable) => !(variable in expected));
    expect(more.sort()).toEqual(
      [
        'MALLOC_ARENA_MAX',
        'MALLOC_TRIM_THRESHOLD_',
        ...('POSTGRES_URL' in expected ? ['POSTGRES_URL_PASSWORD'] : []),
      ].sort(),
    );
  });

  it.each(arrows.map(({ from, to }) => [from, to] as const))('%s finds every replica of %s', (from, to) => {
    const { port } = serviceOf(to).ports[0] ?? { port: 0 };
    const target = envOf(from)[`${prefixOf(to)}_TARGET`];
    expect(target).toBe(`headless:seams-${to}.seams.svc.cluster.local:${port}`);
    expect(port).toBe((services[to] as Service).ports.grpc);
    expect(serviceOf(to)).toMatchObject({ clusterIP: 'None', publishNotReadyAddresses: false });
  });

  it.each(names.filter((name) => 'database' in services[name]))(
    '%s connects as its own role to its own database',
    (name) => {
      const { database } = services[name] as Service;
      expect(envOf(name).POSTGRES_URL).toBe(`postgres://${database}@seams-postgres:5432/${database}`);
      const password = podOf(name).spec.containers[0]?.env?.find((one) => one.name === 'POSTGRES_URL_PASSWORD');
      expect(password?.valueFrom?.secretKeyRef).toEqual({ name: 'seams-postgres-passwords', key: database });
    },
  );

  it('clients come to the gateways by the port of the load balancer', () => {
    expect(serviceOf('gateway')).toMatchObject({ type: 'NodePort' });
    expect(serviceOf('gateway').ports[0]?.port).toBe(infrastructure['load-balancer'].ports.http);
  });
});

withHelm('the network policies', () => {
  const sql = names.filter((name) => 'database' in services[name]);
  const kafka = names.filter((name) => 'publishes' in services[name] || 'consumes' in services[name]);
  const { auditor, traces } = infrastructure;

  it('let through each arrow, the stores, the traces and the front door, and nothing else', () => {
    const expected = [
      ...arrows.map(({ from, to }) => `${from} > ${to}:${(services[to] as Service).ports.grpc}`),
      ...[...sql, 'auditor', 'set-up'].map((from) => `${from} > postgres:5432`),
      ...[...kafka, 'auditor', 'set-up', 'kafka'].map((from) => `${from} > kafka:9092`),
      'kafka > kafka:9093',
      ...names.map((from) => `${from} > jaeger:${traces.ports.otlp}`),
      // helm's test looks at its order's trace, the gateway shows traces to operators.
      ...['test', 'gateway'].map((from) => `${from} > jaeger:${traces.ports.query}`),
      `${auditor.for} > auditor:${auditor.ports.http}`,
      ...['auditor', 'test'].map((from) => `${from} > gateway:${services.gateway.ports.http}`),
    ];
    expect(connectionsIn(objects, pods)).toEqual([...new Set(expected)].sort());
  });

  it('let a stranger in the namespace reach nobody, and nobody it', () => {
    const stranger = { app: 'stranger' };
    for (const { labels, spec } of pods) {
      for (const { containerPort } of spec.containers.flatMap(({ ports = [] }) => ports)) {
        expect(mayConnect(objects, stranger, labels, containerPort)).toBe(false);
      }
      expect(mayConnect(objects, labels, stranger, 8080)).toBe(false);
    }
  });
});

withHelm('every pod', () => {
  it('keeps to Pod Security "restricted" and more', () => {
    for (const pod of pods) {
      expect(pod.spec.securityContext).toMatchObject({
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      });
      expect([pod.name, pod.spec.automountServiceAccountToken]).toEqual([pod.name, false]);
      expect(pod.spec.serviceAccountName).toBe(`seams-${pod.component}`);
      for (const container of containersOf(pod)) {
        expect(container.securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
        const amounts = { cpu: expect.anything(), memory: expect.anything(), 'ephemeral-storage': expect.anything() };
        expect([container.name, container.resources]).toEqual([container.name, { requests: amounts, limits: amounts }]);
      }
    }
  });

  it.each([...names, 'auditor'])('%s is asked before it is trusted, and has time to leave', (name) => {
    const { spec } = podOf(name);
    const [container] = spec.containers;
    expect(container?.startupProbe).toMatchObject({ httpGet: { path: '/livez' } });
    expect(container?.readinessProbe).toMatchObject({ httpGet: { path: '/readyz' } });
    expect(container?.livenessProbe).toMatchObject({ httpGet: { path: '/livez' } });
    const leave = container?.lifecycle?.preStop?.sleep?.seconds ?? 0;
    expect(leave).toBeGreaterThan(5);
    expect(spec.terminationGracePeriodSeconds).toBeGreaterThan(leave + drainMsMax / 1_000);
    expect(spec.topologySpreadConstraints).toHaveLength(2);
  });

  it('has a budget for disruptions, unless it runs once', () => {
    const budgets = objects.filter(({ kind }) => kind === 'PodDisruptionBudget').map(({ metadata }) => metadata.name);
    const staying = pods
      .filter(({ name }) => /^(Deployment|StatefulSet)/.test(name))
      .map(({ component }) => `seams-${component}`);
    expect(budgets.sort()).toEqual(staying.sort());
  });
});
