/** The rows of everything but the stores and services.<name>. */
import { createHash } from 'node:crypto';
import { services } from '../../topology.ts';
import type { Row } from './every-value.ts';
import { resourceRows } from './every-value-of-a-service.ts';
import { contains, count, env, inContainer, inEveryContainer, inEveryPod, inPod, object, secretOf } from './seen.ts';

const SEED = 'a-seed-that-nobody-can-guess-anywhere';
const firstPassword = createHash('sha256').update(`${SEED}\nseams/seams\nstorage`).digest('hex').slice(0, 32);

const peer = (number: number) => ({ ipBlock: { cidr: `10.${number}.0.0/16`, except: [`10.${number}.1.0/24`] } });
const TOLERATION = { key: 'cafes', operator: 'Exists' };
const AFFINITY = {
  nodeAffinity: {
    preferredDuringSchedulingIgnoredDuringExecution: [
      { weight: 1, preference: { matchExpressions: [{ key: 'of', operator: 'Exists' }] } },
    ],
  },
  podAffinity: {},
  podAntiAffinity: {},
};

const [GATEWAY, INGRESS, ROUTE, POLICY] = ['seams-gateway', 'Ingress', 'HTTPRoute', 'NetworkPolicy'];

const inBatteries: readonly Omit<Row, 'world'>[] = [
  {
    path: 'image.registry',
    value: 'registry.example:5000/cafes',
    seen: inEveryContainer(true, ({ image }) => image.split('/seams/')[0]),
    as: ['registry.example:5000/cafes'],
  },
  {
    path: 'image.tag',
    value: '9.9.9',
    seen: inEveryContainer(true, ({ image }) => image.split(':')[2]),
    as: ['9.9.9'],
  },
  {
    path: 'image.pullPolicy',
    value: 'Never',
    seen: inEveryContainer(true, ({ imagePullPolicy }) => imagePullPolicy),
    as: ['Never'],
  },
  { path: 'image.pullSecrets', value: ['pull'], seen: inEveryPod('imagePullSecrets'), as: ['[{"name":"pull"}]'] },
  {
    path: 'clusterDomain',
    value: 'cluster.example',
    seen: env('gateway', 'AUTH_TARGET'),
    as: `headless:seams-auth.seams.svc.cluster.example:${services.auth.ports.grpc}`,
  },
  { path: 'labs', value: 'on', seen: env('gateway', 'SEAMS_LABS') },
  { path: 'logLevel', value: 'warn', seen: env('auth', 'LOG_LEVEL') },
  { path: 'demo.existingSecret', value: 'mine', seen: secretOf('test', 'DEMO_EMAIL') },
  {
    path: 'passwords.seed',
    value: SEED,
    seen: object('Secret', 'seams-postgres-passwords', 'data.storage'),
    as: Buffer.from(firstPassword).toString('base64'),
  },
  { path: 'shutdown.leaveSeconds', value: 9, seen: inContainer('gateway', 'lifecycle.preStop.sleep.seconds') },
  { path: 'entry.type', value: 'NodePort', seen: object('Service', GATEWAY, 'spec.type') },
  { path: 'entry.nodePort', value: 31_080, seen: object('Service', GATEWAY, 'spec.ports.0.nodePort') },
  {
    path: 'entry.externalTrafficPolicy',
    value: 'Cluster',
    seen: object('Service', GATEWAY, 'spec.externalTrafficPolicy'),
  },
  { path: 'entry.trustForwardedFor', value: true, seen: env('gateway', 'TRUST_FORWARDED_FOR'), as: 'on' },
  { path: 'entry.ingress.enabled', value: true, seen: count(INGRESS), as: 1 },
  { path: 'entry.ingress.className', value: 'nginx', seen: object(INGRESS, GATEWAY, 'spec.ingressClassName') },
  { path: 'entry.ingress.host', value: 'cafes.example', seen: object(INGRESS, GATEWAY, 'spec.rules.0.host') },
  { path: 'entry.ingress.annotations', value: { 'a/b': 'c' }, seen: object(INGRESS, GATEWAY, 'metadata.annotations') },
  { path: 'entry.ingress.tlsSecret', value: 'tls-mine', seen: object(INGRESS, GATEWAY, 'spec.tls.0.secretName') },
  { path: 'entry.httpRoute.enabled', value: true, seen: count(ROUTE), as: 1 },
  { path: 'entry.httpRoute.parentRefs', value: [{ name: 'edge' }], seen: object(ROUTE, GATEWAY, 'spec.parentRefs') },
  { path: 'entry.httpRoute.hostnames', value: ['cafes.example'], seen: object(ROUTE, GATEWAY, 'spec.hostnames') },
  {
    path: 'networkPolicies.dns.namespaceLabels',
    value: { 'kubernetes.io/metadata.name': 'dns' },
    seen: object(POLICY, 'seams-dns', 'spec.egress.0.to.0.namespaceSelector.matchLabels'),
  },
  {
    path: 'networkPolicies.dns.podLabels',
    value: { 'k8s-app': 'my-dns' },
    seen: object(POLICY, 'seams-dns', 'spec.egress.0.to.0.podSelector.matchLabels'),
  },
  {
    path: 'networkPolicies.dns.ports',
    value: [5353],
    seen: object(POLICY, 'seams-dns', 'spec.egress.0.ports'),
    as: ['UDP', 'TCP'].map((protocol) => ({ protocol, port: 5353 })),
  },
  {
    path: 'networkPolicies.clients',
    value: [peer(21)],
    seen: object(POLICY, GATEWAY, 'spec.ingress.0.from.0'),
    as: peer(21),
  },
  {
    path: 'networkPolicies.traceReaders',
    value: [peer(22)],
    seen: object(POLICY, 'seams-jaeger', 'spec.ingress.1.from.2'),
    as: peer(22),
  },
  { path: 'networkPolicies.scrapers', value: [peer(23)], seen: object(POLICY, 'seams-storage', 'spec.ingress.1.from') },
  {
    path: 'scheduling.nodeSelector',
    value: { disk: 'fast' },
    seen: inEveryPod('nodeSelector'),
    as: ['{"disk":"fast"}'],
  },
  {
    path: 'scheduling.tolerations',
    value: [TOLERATION],
    seen: inEveryPod('tolerations'),
    as: [JSON.stringify([TOLERATION])],
  },
  { path: 'scheduling.affinity', value: AFFINITY, seen: inPod('kafka', 'affinity') },
  {
    path: 'scheduling.priorityClassName',
    value: 'system-cluster-critical',
    seen: inPod('kafka', 'priorityClassName'),
  },
  {
    path: 'scheduling.spread',
    value: 'DoNotSchedule',
    seen: inPod('kafka', 'topologySpreadConstraints.0.whenUnsatisfiable'),
  },
  { path: 'certificates.source', value: 'certManager', seen: count('Certificate'), as: 6 },
  {
    path: 'certificates.issuer.name',
    value: 'mine',
    seen: object('Certificate', GATEWAY, 'spec.issuerRef.name'),
  },
  {
    path: 'certificates.issuer.kind',
    value: 'ClusterIssuer',
    seen: object('Certificate', GATEWAY, 'spec.issuerRef.kind'),
  },
  { path: 'metrics.serviceMonitor.enabled', value: true, seen: count('ServiceMonitor'), as: 1 },
  {
    path: 'metrics.serviceMonitor.interval',
    value: '7s',
    seen: object('ServiceMonitor', 'seams-metrics', 'spec.endpoints.0.interval'),
  },
  {
    path: 'metrics.serviceMonitor.labels',
    value: { release: 'prometheus' },
    seen: object('ServiceMonitor', 'seams-metrics', 'metadata.labels.release'),
    as: 'prometheus',
  },
  { path: 'metrics.dashboards.enabled', value: true, seen: count('ConfigMap', 'dashboards'), as: 1 },
  {
    path: 'metrics.dashboards.labels',
    value: { grafana_dashboard: 'mine' },
    seen: object('ConfigMap', 'seams-dashboards', 'metadata.labels.grafana_dashboard'),
    as: 'mine',
  },
];

const elsewhere: readonly Row[] = [
  { path: 'demo.enabled', world: 'outside', value: false, seen: count('Pod', 'test'), as: 0 },
  {
    path: 'services.auditor.existingSecret',
    world: 'outside',
    value: 'operator',
    seen: secretOf('auditor', 'OPERATOR_EMAIL'),
  },
  {
    path: 'services.auditor.enabled',
    world: 'bare',
    value: false,
    seen: count('Deployment', 'auditor'),
    as: 0,
  },
  { path: 'entry.type', world: 'outside', value: 'LoadBalancer', seen: object('Service', GATEWAY, 'spec.type') },
  { path: 'networkPolicies.enabled', world: 'bare', value: false, seen: count(POLICY), as: 0 },
  { path: 'disruptionBudgets.enabled', world: 'bare', value: false, seen: count('PodDisruptionBudget'), as: 0 },
  {
    path: 'certificates.source',
    world: 'outside',
    value: 'existing',
    seen: contains('Deployment', 'seams-auth', '"mountPath":"/etc/seams/tls"'),
    as: true,
  },
  {
    path: 'certificates.existingPrefix',
    world: 'outside',
    value: 'mine',
    seen: contains('Deployment', 'seams-auth', '"secretName":"mine-auth"'),
    as: true,
  },
  {
    path: 'setUp.secondsMax',
    world: 'outside',
    value: 99,
    seen: object('Job', 'seams-set-up-upgrade', 'spec.activeDeadlineSeconds'),
  },
  ...['postgres', 'kafka', 'traces'].map(
    (store, number): Row => ({
      path: `networkPolicies.external.${store}`,
      world: 'outside',
      value: [peer(31 + number)],
      seen: contains(POLICY, 'seams-storage', JSON.stringify(peer(31 + number))),
      as: true,
    }),
  ),
];

export const CORE_ROWS: readonly Row[] = [
  ...inBatteries.map((row): Row => ({ ...row, world: 'batteries' })),
  ...elsewhere,
  ...resourceRows('setUp', 'set-up', 'batteries', 40),
  ...resourceRows('test', 'test', 'batteries', 41),
];
