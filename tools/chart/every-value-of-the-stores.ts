/** The rows of postgres, kafka and traces: the batteries and what stands for them outside. */
import type { Row } from './every-value.ts';
import { resourceRows } from './every-value-of-a-service.ts';
import { contains, count, env, inContainer, inPod, object, secretOf } from './seen.ts';

const SET = 'StatefulSet';
const CLAIM = 'spec.volumeClaimTemplates.0.spec';
const CA = '/etc/seams/postgres/ca.crt';
const URL_OUTSIDE = `postgres://auth@db.example:5433/auth?application_name=x&sslmode=verify-full&sslrootcert=${CA}`;
const url = { world: 'outside', seen: env('auth', 'POSTGRES_URL'), as: URL_OUTSIDE } as const;

const volumeRows = (store: string, number: number): readonly Row[] => [
  {
    path: `${store}.persistence.enabled`,
    world: 'bare',
    value: false,
    seen: object(SET, `seams-${store}`, 'spec.volumeClaimTemplates'),
    as: undefined,
  },
  {
    path: `${store}.persistence.size`,
    world: 'batteries',
    value: `${number}Gi`,
    seen: object(SET, `seams-${store}`, `${CLAIM}.resources.requests.storage`),
  },
  {
    path: `${store}.persistence.storageClass`,
    world: 'batteries',
    value: 'fast',
    seen: object(SET, `seams-${store}`, `${CLAIM}.storageClassName`),
  },
];

const postgres: readonly Row[] = [
  { path: 'postgres.enabled', world: 'outside', value: false, seen: count(SET, 'postgres'), as: 0 },
  {
    path: 'postgres.image',
    world: 'batteries',
    value: 'registry.example/postgres:18.1@sha256:0123',
    seen: inContainer('postgres', 'image'),
  },
  {
    path: 'postgres.connectionsMax',
    world: 'batteries',
    value: 321,
    seen: contains(SET, 'seams-postgres', '"max_connections=321"'),
    as: true,
  },
  ...resourceRows('postgres', 'postgres', 'batteries', 51),
  ...volumeRows('postgres', 3),
  { ...url, path: 'postgres.external.host', value: 'db.example' },
  { ...url, path: 'postgres.external.port', value: 5433 },
  { ...url, path: 'postgres.external.options', value: '?application_name=x' },
  { ...url, path: 'postgres.external.tls.mode', value: 'verify-full' },
  {
    path: 'postgres.external.tls.caSecret',
    world: 'outside',
    value: 'ca',
    seen: inPod('auth', 'volumes.1.secret.secretName'),
  },
  {
    path: 'postgres.external.tls.caKey',
    world: 'outside',
    value: 'root.pem',
    seen: inPod('auth', 'volumes.1.secret.items.0.key'),
  },
  { path: 'postgres.existingSecret', world: 'outside', value: 'pg', seen: secretOf('auth', 'POSTGRES_URL_PASSWORD') },
  // As operators make it: a Secret for each role, a ConfigMap with the CA, roles and databases that are there.
  { path: 'postgres.enabled', world: 'operators', value: false, seen: count(SET, 'postgres'), as: 0 },
  {
    path: 'postgres.external.host',
    world: 'operators',
    value: 'db.example',
    seen: env('auth', 'POSTGRES_URL'),
    as: `postgres://auth@db.example:5432/auth?sslmode=require&sslrootcert=${CA}`,
  },
  {
    path: 'postgres.external.tls.caConfigMap',
    world: 'operators',
    value: 'ca',
    seen: inPod('auth', 'volumes.1.configMap.name'),
  },
  {
    path: 'postgres.existingSecret',
    world: 'operators',
    value: 'pg',
    seen: secretOf('storage', 'POSTGRES_URL_PASSWORD'),
    as: 'pg-storage',
  },
  {
    path: 'postgres.secretPerRole',
    world: 'operators',
    value: true,
    seen: secretOf('auth', 'POSTGRES_URL_PASSWORD'),
    as: 'pg-auth',
  },
  {
    path: 'postgres.setUp',
    world: 'operators',
    value: false,
    seen: inPod('set-up', 'initContainers.0.name'),
    as: 'migrate-analytics',
  },
  {
    path: 'networkPolicies.external.postgres',
    world: 'operators',
    value: [{ podSelector: { matchLabels: { of: 'db' } } }],
    seen: contains('NetworkPolicy', 'seams-storage', '{"matchLabels":{"of":"db"}}'),
    as: true,
  },
];

const kafka: readonly Row[] = [
  { path: 'kafka.enabled', world: 'outside', value: false, seen: count(SET, 'kafka'), as: 0 },
  { path: 'kafka.image', world: 'batteries', value: 'mine/kafka:4.9', seen: inContainer('kafka', 'image') },
  { path: 'kafka.replicas', world: 'batteries', value: 5, seen: object(SET, 'seams-kafka', 'spec.replicas') },
  {
    path: 'kafka.clusterId',
    world: 'batteries',
    value: 'AAAAAAAAAAAAAAAAAAAAAA',
    seen: contains('ConfigMap', 'seams-kafka', '--cluster-id=AAAAAAAAAAAAAAAAAAAAAA '),
    as: true,
  },
  {
    path: 'kafka.heap',
    world: 'batteries',
    value: '300m',
    seen: env('kafka', 'KAFKA_HEAP_OPTS'),
    as: '-Xmx300m -Xms300m',
  },
  ...resourceRows('kafka', 'kafka', 'batteries', 52),
  ...volumeRows('kafka', 4),
  {
    path: 'kafka.external.brokers',
    world: 'outside',
    value: ['one.example:9092', 'two.example:9093'],
    seen: env('storage', 'KAFKA_BROKERS'),
    as: 'one.example:9092,two.example:9093',
  },
  { path: 'kafka.topics.setUp', world: 'bare', value: false, seen: inContainer('set-up', 'command.1'), as: '-e' },
  { path: 'kafka.topics.replicas', world: 'batteries', value: 4, seen: inContainer('set-up', 'command.4'), as: '4' },
  { path: 'kafka.topics.minInSync', world: 'batteries', value: 1, seen: inContainer('set-up', 'command.5'), as: '1' },
];

const JAEGER = 'seams-jaeger';

const traces: readonly Row[] = [
  { path: 'traces.enabled', world: 'outside', value: false, seen: count('Deployment', 'jaeger'), as: 0 },
  { path: 'traces.image', world: 'batteries', value: 'mine/jaeger:2.99', seen: inContainer('jaeger', 'image') },
  {
    path: 'traces.tracesMax',
    world: 'batteries',
    value: 777,
    seen: contains('ConfigMap', JAEGER, 'max_traces: 777 '),
    as: true,
  },
  { path: 'traces.type', world: 'batteries', value: 'NodePort', seen: object('Service', JAEGER, 'spec.type') },
  {
    path: 'traces.nodePort',
    world: 'batteries',
    value: 31_686,
    seen: object('Service', JAEGER, 'spec.ports.0.nodePort'),
  },
  ...resourceRows('traces', 'jaeger', 'batteries', 53),
  {
    path: 'traces.external.otlpUrl',
    world: 'outside',
    value: 'https://collector.example:4318',
    seen: env('auth', 'OTLP_URL'),
  },
  {
    path: 'traces.external.queryUrl',
    world: 'outside',
    value: 'http://jaeger.example/jaeger',
    seen: env('gateway', 'TRACES_URL'),
  },
];

export const STORE_ROWS: readonly Row[] = [...postgres, ...kafka, ...traces];
