/** What values do to the chart, and which it refuses with which sentence. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { type Service, services, type Topic, topics } from '../../topology.ts';
import { chartFacts } from './facts.ts';
import { environmentIn, podsOf } from './pods.ts';
import { findHelm } from './programs.ts';
import { CHART, type Kubernetes, objectsOf, Refused, type Rendering, rendered } from './render.ts';

// Each rendering is two processes: 0.3 s, and on a busy machine ten times that.
jest.setTimeout(60_000);

const withHelm = findHelm() !== undefined ? describe : describe.skip;
const ROOT = path.resolve(CHART, '../..');

const kindsOf = (objects: readonly Kubernetes[], kind: string): Kubernetes[] =>
  objects.filter((object) => object.kind === kind);

function refusalOf(rendering: Rendering): string {
  try {
    rendered(rendering);
  } catch (error) {
    if (error instanceof Refused) return error.message;
    throw error;
  }
  throw new Error(`accepted: ${JSON.stringify(rendering)}`);
}

/** Postgres outside, all said; a case leaves one out. */
const EXTERNAL = [
  'postgres.enabled=false',
  'postgres.external.host=db.example',
  'postgres.existingSecret=passwords',
  'networkPolicies.external.postgres[0].ipBlock.cidr=10.1.0.0/16',
];

withHelm('wrong values are refused', () => {
  it.each([
    [
      'an unknown service',
      ['services.gatway.replicas=2'],
      "at '/services': additional properties 'gatway' not allowed",
    ],
    ['an unknown key', ['image.tags=3'], "at '/image': additional properties 'tags' not allowed"],
    [
      'replicas in words',
      ['services.gateway.replicas=two'],
      "at '/services/gateway/replicas': got string, want null or integer",
    ],
    ['labs as a truth value', ['labs=true'], "at '/labs': got boolean, want string"],
    ['two brokers', ['kafka.replicas=2'], "at '/kafka/replicas': value must be one of 1, 3, 5"],
    ['a port that is none', ['entry.nodePort=80'], "at '/entry/nodePort': minimum: got 80, want 30,000"],
    ['memory in words', ['services.storage.resources.limits.memory=lots'], "'lots' does not match pattern"],
    ['memory in thousandths of a byte', ['postgres.resources.limits.memory=512m'], "'512m' does not match pattern"],
    ['memory of 512 bytes', ['postgres.resources.limits.memory=512'], 'minimum: got 512'],
    ['a volume in thousandths', ['kafka.persistence.size=2m'], "'2m' does not match pattern"],
    ['no CPU at all', ['test.resources.limits.cpu=0'], 'exclusiveMinimum: got 0, want 0'],
    ['CPU in bytes', ['test.resources.limits.cpu=2Gi'], "'2Gi' does not match pattern"],
    [
      'a query API by https, which the gateway does not speak',
      ['traces.external.queryUrl=https://jaeger:443'],
      'does not match pattern',
    ],
    ['a query API with a slash at its end', ['traces.external.queryUrl=http://jaeger/'], 'does not match pattern'],
    ['a registry with a scheme', ['image.registry=https://registry.example'], 'does not match pattern'],
    ['an image without a tag', ['postgres.image=postgres'], "'postgres' does not match pattern"],
    [
      'Postgres outside without a Secret',
      EXTERNAL.filter((one) => !one.includes('existingSecret')),
      'name in postgres.existingSecret the Secret with the passwords of its roles',
    ],
    [
      'sslmode in two places',
      [...EXTERNAL, 'postgres.external.options=?sslmode=require'],
      'say sslmode in postgres.external.tls.mode',
    ],
    [
      'a CA in two places',
      [...EXTERNAL, 'postgres.external.tls.caSecret=a', 'postgres.external.tls.caConfigMap=b'],
      'the CA is in caSecret or in caConfigMap, not in both',
    ],
    [
      'verify-ca without a CA',
      [...EXTERNAL, 'postgres.external.tls.mode=verify-ca'],
      'name the CA in caSecret or caConfigMap',
    ],
    [
      'a request above its limit, whichever the unit',
      ['services.auth.resources.requests.cpu=1500m', 'services.auth.resources.limits.cpu=1'],
      'services.auth.resources: cpu of 1500m is requested and the limit is 1: no pod could be made',
    ],
    [
      'memory above its limit',
      ['postgres.resources.requests.memory=1Gi', 'postgres.resources.limits.memory=1073741823'],
      'postgres.resources: memory of 1Gi is requested',
    ],
    ['a heap without room', ['kafka.heap=768m'], 'kafka.heap is 768m and the memory'],
    [
      'one port of the nodes for two',
      ['entry.type=NodePort', 'entry.nodePort=30080', 'traces.type=NodePort', 'traces.nodePort=30080'],
      'a node has each port once',
    ],
    [
      'a volume that the chart has',
      ['services.auth.extraVolumes[0].name=tmp', 'services.auth.extraVolumes[0].emptyDir.medium=Memory'],
      'services.auth.extraVolumes: tmp is a volume of the chart',
    ],
    [
      'a mount where the chart has one',
      ['services.auth.extraVolumeMounts[0].name=tmp', 'services.auth.extraVolumeMounts[0].mountPath=/tmp/'],
      'the chart mounts something at /tmp/',
    ],
    [
      'a mount without its volume',
      ['services.auth.extraVolumeMounts[0].name=mine', 'services.auth.extraVolumeMounts[0].mountPath=/mine'],
      'services.auth.extraVolumeMounts names mine: add that volume to services.auth.extraVolumes',
    ],
    ['a seed that can be guessed', ['passwords.seed=tooshort'], 'does not match pattern'],
    [
      'Postgres outside without a way there',
      EXTERNAL.filter((one) => !one.includes('networkPolicies')),
      'say in networkPolicies.external.postgres where it may be reached',
    ],
    ['Kafka outside without brokers', ['kafka.enabled=false'], 'list the brokers in kafka.external.brokers'],
    [
      'traces outside without an address',
      ['traces.enabled=false'],
      'say in traces.external.otlpUrl who takes the spans',
    ],
    [
      'more copies than brokers',
      ['kafka.replicas=1'],
      'kafka.topics.replicas is 3 and kafka.replicas 1: there are not as many brokers',
    ],
    ['a proxy that anybody could be', ['entry.trustForwardedFor=true'], 'a client could choose its address'],
    ['an auditor that cannot log in', ['demo.enabled=false'], 'name in services.auditor.existingSecret a Secret'],
    [
      'scraping that is not let in',
      ['metrics.serviceMonitor.enabled=true'],
      "name Prometheus' pods in networkPolicies.scrapers",
    ],
    ['labs in production', ['production=true', 'labs=on'], 'labs must be off'],
    ['batteries in production', ['production=true'], 'postgres.enabled must be false, for the battery has no backup'],
  ])('%s', (_, set, sentence) => {
    expect(refusalOf({ set })).toContain(sentence);
  });
});

withHelm('amounts', () => {
  it.each([
    ['cpu', ['2', '0.5', '250m']],
    ['memory', ['512Mi', '1.5Gi', '2G', '536870912']],
  ])('%s as Kubernetes takes it', (what, amounts) => {
    for (const amount of amounts) {
      const [, storage] = podsOf(rendered({ set: [`services.storage.resources.limits.${what}=${amount}`] })).flatMap(
        (pod) => (pod.component === 'storage' ? [pod.name, pod.spec.containers[0]?.resources?.limits] : []),
      );
      expect(storage).toMatchObject({ [what]: expect.anything() });
    }
  });
});

withHelm('a query API outside', () => {
  it.each([
    ['http://jaeger.observability:16686', 16686],
    ['http://jaeger.observability', 80],
    ['http://jaeger.observability/jaeger', 80],
  ])('%s is reached at port %s by the policies of those who ask it', (url, port) => {
    const objects = rendered({
      set: [
        'traces.enabled=false',
        'traces.external.otlpUrl=http://collector:4318',
        `traces.external.queryUrl=${url}`,
        'networkPolicies.external.traces[0].ipBlock.cidr=10.1.0.0/16',
      ],
    });
    for (const name of ['seams-gateway', 'seams-test']) {
      const policy = kindsOf(objects, 'NetworkPolicy').find(({ metadata }) => metadata.name === name);
      if (policy === undefined) throw new Error(`there is no policy ${name}`);
      const { egress } = policy.spec as { egress: { to: object[]; ports: { port: number }[] }[] };
      const outside = egress.filter(({ to }) => JSON.stringify(to).includes('10.1.0.0/16'));
      expect(outside.flatMap(({ ports }) => ports.map((one) => one.port))).toContain(port);
    }
  });
});

withHelm('the batteries can be taken out', () => {
  it('Postgres: its host and its Secret are used, and nothing is generated', () => {
    const objects = rendered({ set: EXTERNAL });
    expect(kindsOf(objects, 'Secret').map(({ metadata }) => metadata.name)).toEqual(['seams-demo-accounts']);
    expect(kindsOf(objects, 'StatefulSet').map(({ metadata }) => metadata.name)).toEqual(['seams-kafka']);
    const auth = podsOf(objects).find(({ component }) => component === 'auth');
    expect(environmentIn(auth?.spec.containers[0] ?? { name: '', image: '' }).POSTGRES_URL).toContain(
      '@db.example:5432/auth',
    );
  });

  it('all of them in production: no labs, no demo, no Secret of ours, certificates for each workload', () => {
    const objects = rendered({ values: ['values-production.yaml'] });
    expect(kindsOf(objects, 'StatefulSet')).toEqual([]);
    expect(kindsOf(objects, 'Secret')).toEqual([]);
    expect(kindsOf(objects, 'Pod')).toEqual([]);
    expect(kindsOf(objects, 'Certificate')).toHaveLength(Object.keys(services).length + 1);
    expect(kindsOf(objects, 'HorizontalPodAutoscaler')).toHaveLength(4);
    for (const { component, spec } of podsOf(objects).filter((pod) => pod.component in services)) {
      const env = environmentIn(spec.containers[0] ?? { name: '', image: '' });
      expect([component, env.SEAMS_LABS]).toEqual([component, 'off']);
    }
  });
});

withHelm('what the operators make', () => {
  const read = (file: string): Kubernetes[] => objectsOf(readFileSync(path.join(ROOT, 'k8s/production', file), 'utf8'));

  it('topics as topology.ts has them', () => {
    const made = kindsOf(read('kafka.yaml'), 'KafkaTopic').map(({ metadata, spec }) => {
      const { partitions, config } = spec as { partitions: number; config: Record<string, number> };
      return [metadata.name, { partitions, retentionMs: config['retention.ms'] }];
    });
    const expected = Object.entries(topics as Record<string, Topic>).map(([name, { partitions, retentionMs }]) => [
      name,
      { partitions, retentionMs },
    ]);
    expect(Object.fromEntries(made)).toEqual(Object.fromEntries(expected));
  });

  it('roles and databases as the set-up makes them', () => {
    const objects = read('postgres.yaml');
    const cluster = kindsOf(objects, 'Cluster')[0]?.spec as {
      bootstrap: { initdb: { database: string } };
      managed: { roles: { name: string; passwordSecret: { name: string } }[] };
    };
    const { databases, auditor } = chartFacts().postgres;
    const roles = cluster.managed.roles.map(({ name }) => name).sort();
    expect(roles).toEqual([auditor, ...databases.flatMap((name) => [name, `${name}_owner`])].sort());
    for (const { name, passwordSecret } of cluster.managed.roles)
      expect(passwordSecret.name).toBe(`seams-postgres-${name.replaceAll('_', '-')}`);
    const made = kindsOf(objects, 'Database').map(({ spec }) => (spec as { name: string }).name);
    expect([cluster.bootstrap.initdb.database, ...made].sort()).toEqual([...databases].sort());
  });
});

describe('values.schema.json', () => {
  it('knows each workload and no other', () => {
    const schema = JSON.parse(readFileSync(path.join(CHART, 'values.schema.json'), 'utf8')) as {
      properties: { services: { properties: object } };
    };
    const known = Object.keys(schema.properties.services.properties).sort();
    expect(known).toEqual(Object.keys(chartFacts().workloads).sort());
    expect((services.auth as Service).database).toBeDefined();
  });
});
