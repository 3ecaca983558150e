/** How the chart sets the stores up, and how what runs in it reaches them: passwords, TLS, the set-up Job. */
import { describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { connectionUrl } from '../../libs/postgres/src/connection-url.ts';
import { type Container, containersOf, environmentIn, type Pod, podsOf } from './pods.ts';
import { findHelm } from './programs.ts';
import { type Kubernetes, rendered } from './render.ts';

// Each rendering is two processes: 0.3 s, and on a busy machine ten times that.
jest.setTimeout(60_000);

const withHelm = findHelm() !== undefined ? describe : describe.skip;

const kindsOf = (objects: readonly Kubernetes[], kind: string): Kubernetes[] =>
  objects.filter((object) => object.kind === kind);

const POSTGRES_OUTSIDE = [
  'postgres.enabled=false',
  'postgres.external.host=db.example',
  'postgres.existingSecret=passwords',
  'networkPolicies.external.postgres[0].ipBlock.cidr=10.1.0.0/16',
];
const KAFKA_OUTSIDE = [
  'kafka.enabled=false',
  'kafka.external.brokers[0]=kafka.example:9092',
  'networkPolicies.external.kafka[0].ipBlock.cidr=10.2.0.0/16',
];
const OUTSIDE = [...POSTGRES_OUTSIDE, ...KAFKA_OUTSIDE];

const HOOK = { 'helm.sh/hook': 'pre-upgrade' };

withHelm('the set-up Job', () => {
  const jobOf = (rendering: Parameters<typeof rendered>[0]) => kindsOf(rendered(rendering), 'Job')[0];

  it('is a hook before an upgrade whose stores are there already, and ends before Helm gives up', () => {
    const job = jobOf({ set: OUTSIDE, upgrade: true });
    if (job === undefined) throw new Error('there is no Job');
    expect(job.metadata).toMatchObject({ name: 'seams-set-up-upgrade', annotations: HOOK });
    expect((job.spec as { activeDeadlineSeconds: number }).activeDeadlineSeconds).toBeLessThan(300);
  });

  it.each([
    ['with an installation', { set: OUTSIDE }],
    ['with a battery that nobody has seen running', { upgrade: true }],
    ['with one of two', { upgrade: true, set: POSTGRES_OUTSIDE }],
    ['with the other', { upgrade: true, set: KAFKA_OUTSIDE }],
  ])('is a part of the release %s, because a hook would wait for what only comes after it', (_, rendering) => {
    const job = jobOf(rendering);
    expect(job?.metadata.annotations).not.toHaveProperty(['helm.sh/hook']);
    expect(job?.metadata.name).toMatch(/^seams-set-up-[0-9a-f]{8}$/);
    expect(job?.spec).not.toHaveProperty('activeDeadlineSeconds');
  });

  it('is another one with another version or other values, for a Job cannot be changed, and the same otherwise', () => {
    const nameOf = (...set: string[]) => jobOf({ set })?.metadata.name;
    expect(nameOf()).toBe(nameOf());
    const names = [nameOf(), nameOf('image.tag=0.2.0'), nameOf('kafka.replicas=5'), nameOf('setUp.secondsMax=60')];
    expect(new Set(names).size).toBe(names.length);
  });

  it('comes after the stores and before the services where waves are kept (Argo CD)', () => {
    const objects = rendered();
    const waveOf = ({ metadata }: Kubernetes) => Number(metadata.annotations?.['argocd.argoproj.io/sync-wave'] ?? 0);
    const waves = (kind: string) => new Set(kindsOf(objects, kind).map(waveOf));
    expect([waves('StatefulSet'), waves('Secret'), waves('Job')]).toEqual([new Set([0]), new Set([0]), new Set([1])]);
    const services = kindsOf(objects, 'Deployment').filter(({ metadata }) => metadata.name !== 'seams-jaeger');
    expect(new Set(services.map(waveOf))).toEqual(new Set([2]));
  });

  it('reaches stores that move with the upgrade: the hook has a policy of its own', () => {
    const policies = kindsOf(rendered({ set: OUTSIDE, upgrade: true }), 'NetworkPolicy');
    const own = policies.find(({ metadata }) => metadata.name === 'seams-set-up-upgrade');
    expect(own?.metadata.annotations).toMatchObject({ ...HOOK, 'helm.sh/hook-weight': '-5' });
    for (const cidr of ['10.1.0.0/16', '10.2.0.0/16']) expect(JSON.stringify(own?.spec)).toContain(cidr);
    expect(JSON.stringify(own?.spec)).toContain('kube-dns');
  });

  it('has the demo accounts before an upgrade, from a copy that is a hook before it', () => {
    const objects = rendered({ set: OUTSIDE, upgrade: true });
    const copy = kindsOf(objects, 'Secret').find(({ metadata }) => metadata.name === 'seams-set-up-demo');
    expect(copy?.metadata.annotations).toMatchObject({ ...HOOK, 'helm.sh/hook-weight': '-5' });
    const kept = kindsOf(objects, 'Secret').find(({ metadata }) => metadata.name === 'seams-demo-accounts');
    expect(copy?.data).toEqual(kept?.data);
    expect(kept?.metadata.annotations).toEqual({ 'helm.sh/resource-policy': 'keep' });
    expect(JSON.stringify(kindsOf(objects, 'Job'))).toContain('"secretName":"seams-set-up-demo"');
  });

  it('makes what the topology names, in order', () => {
    const job = podsOf(rendered()).find(({ component }) => component === 'set-up');
    expect(job?.spec.initContainers?.map(({ name }) => name)).toEqual([
      'databases',
      'migrate-analytics',
      'migrate-auth',
      'migrate-storage',
    ]);
    expect(job?.spec.containers[0]?.command?.slice(-3)).toEqual([
      'seams-kafka-0.seams-kafka:9092,seams-kafka-1.seams-kafka:9092,seams-kafka-2.seams-kafka:9092',
      '3',
      '2',
    ]);
  });
});

withHelm('a battery', () => {
  it('whose image was wrong is replaced by a rollback: no pod of it waits for another one', () => {
    const policies = kindsOf(rendered(), 'StatefulSet').map(({ metadata, spec }) => [
      metadata.name,
      (spec as { podManagementPolicy?: string }).podManagementPolicy,
    ]);
    expect(Object.fromEntries(policies)).toEqual({ 'seams-kafka': 'Parallel', 'seams-postgres': 'Parallel' });
  });
});

withHelm('generated passwords', () => {
  const secretsOf = (...set: string[]) => kindsOf(rendered({ set }), 'Secret');
  const SEED = `passwords.seed=${'s3cret'.repeat(8)}`;

  it('are the same in every rendering with a seed, and others with another', () => {
    expect(secretsOf(SEED)).toEqual(secretsOf(SEED));
    const all = [...secretsOf(SEED), ...secretsOf(`${SEED}x`)].flatMap(({ data = {} }) =>
      Object.entries(data).filter(([key]) => !key.endsWith('-email')),
    );
    expect(new Set(all.map(([, value]) => value)).size).toBe(all.length);
    for (const secret of secretsOf(SEED)) expect(secret).not.toHaveProperty('immutable');
  });

  it('cannot be overwritten by the next rendering where they are random', () => {
    const [one, other] = [secretsOf(), secretsOf()];
    expect(one).not.toEqual(other);
    for (const secret of one) expect(secret).toMatchObject({ immutable: true });
  });

  it('are not made for demo accounts that are there', () => {
    const objects = rendered({ set: ['demo.existingSecret=mine'] });
    expect(kindsOf(objects, 'Secret').map(({ metadata }) => metadata.name)).toEqual(['seams-postgres-passwords']);
    expect(JSON.stringify(objects)).not.toContain('seams-demo-accounts');
    expect(JSON.stringify(objects)).toContain('"secretName":"mine"');
  });
});

withHelm('Postgres outside', () => {
  const CA = '/etc/seams/postgres/ca.crt';
  const usersOf = (objects: readonly Kubernetes[]): [Pod, Container, [string, string][]][] =>
    podsOf(objects).flatMap((pod) =>
      containersOf(pod).flatMap((container): [Pod, Container, [string, string][]][] => {
        const urls = Object.entries(environmentIn(container)).filter(
          (one): one is [string, string] => one[1]?.startsWith('postgres://') ?? false,
        );
        return urls.length > 0 ? [[pod, container, urls]] : [];
      }),
    );

  it.each(['abc123', 'p#w', 'p/w', 'p?w', 'p%w', 'p@w', 'p:w', '100%41'])(
    'takes the password %s as the Secret has it, the set-up Job and the services alike',
    (password) => {
      const found = usersOf(rendered({ set: [...POSTGRES_OUTSIDE, 'postgres.external.tls.mode=disable'] }));
      expect(found.length).toBe(7);
      for (const [, container, urls] of found) {
        for (const [variable, url] of urls) {
          const beside = container.env?.find(({ name }) => name === `${variable}_PASSWORD`);
          expect(beside?.valueFrom?.secretKeyRef?.name).toBe('passwords');
          const client = new pg.Client({ connectionString: connectionUrl(url, password) });
          expect([client.password, client.host, client.port]).toEqual([password, 'db.example', 5432]);
        }
      }
    },
  );

  it.each([
    ['caSecret', { secret: { secretName: 'mine' } }],
    ['caConfigMap', { configMap: { name: 'mine' } }],
  ])('is reached by TLS with the CA of %s, by everything that connects', (key, source) => {
    const set = [
      ...POSTGRES_OUTSIDE,
      'postgres.external.options=?application_name=x',
      'postgres.external.tls.mode=verify-full',
      `postgres.external.tls.${key}=mine`,
      'postgres.external.tls.caKey=root.pem',
    ];
    const objects = rendered({ set });
    const query = `?application_name=x&sslmode=verify-full&sslrootcert=${CA}`;
    for (const [pod, container, urls] of usersOf(objects)) {
      for (const [, url] of urls) expect(url.slice(url.indexOf('?'))).toBe(query);
      expect(container.volumeMounts).toContainEqual({
        name: 'postgres-ca',
        mountPath: '/etc/seams/postgres',
        readOnly: true,
      });
      const volume = pod.spec.volumes?.find(({ name }) => name === 'postgres-ca');
      expect(volume).toMatchObject(source);
      expect(JSON.stringify(volume)).toContain('"items":[{"key":"root.pem","path":"ca.crt"}]');
    }
    const job = podsOf(objects).find(({ component }) => component === 'set-up');
    const databases = job?.spec.initContainers?.find(({ name }) => name === 'databases');
    expect(environmentIn(databases ?? { name: '', image: '' }).POSTGRES_PARAMETERS).toBe(query);
    expect(databases?.volumeMounts).toContainEqual(expect.objectContaining({ name: 'postgres-ca' }));
  });

  it('is encrypted unless somebody says otherwise', () => {
    for (const [, , urls] of usersOf(rendered({ set: POSTGRES_OUTSIDE })))
      for (const [, url] of urls) expect(new URL(url).search).toBe('?sslmode=require');
  });
});
