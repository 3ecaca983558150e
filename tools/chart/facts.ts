/**
 * What the Helm chart knows of the system, made from topology.ts: helm/seams/topology.json. Ports, arrows, limits and
 * topics are written once, there; the chart's values say only what a cluster adds (images, sizes, where the stores are).
 */
import {
  arrows,
  drainMsMax,
  infrastructure,
  requestMsMax,
  type Service,
  type ServiceName,
  services,
  slowRoutesMs,
  topics,
} from '../../topology.ts';
import { environmentOf, migrationEnvironmentOf, prefixOf, replicaOf, type Secrets } from '../environment.ts';
import { CONSOLE_BUILT } from '../images/contents.ts';
import { auditorRole, superuser } from '../infrastructure/postgres-roles.ts';
import { auditedDatabases, DEMO_ACCOUNTS, databases } from '../system/installation.ts';
import { auditMsMax, MALLOC, nodeFlags, SERVICE_MEMORY } from '../system/node-flags.ts';

/** What a variable of environmentOf is, when it is an address, a secret or a switch: the chart gives these itself. */
export const GIVEN_BY_THE_CHART = [
  'SEAMS_PROCESS',
  'HOST',
  'OTLP_URL',
  'TRACES_URL',
  // A folder of the image.
  'CONSOLE_DIR',
  'POSTGRES_URL',
  'KAFKA_BROKERS',
  'AUDITOR_URL',
  'SEAMS_LABS',
  'LOG_LEVEL',
  // In a cluster nobody writes X-Forwarded-For unless an Ingress does; the chart's value says whether.
  'TRUST_FORWARDED_FOR',
] as const;

/**
 * The watcher looks at processes of one machine, and the lab runner breaks what the runner of `npm start` keeps up: without
 * them a gateway answers that the floor and the labs are not offered. The price is of a bench, and that runs on a machine of its own.
 */
export const LEFT_OUT_OF_THE_CHART = ['WATCHER_URL', 'LAB_RUNNER_URL', 'PRICE_FILE'] as const;

const isGiven = (name: string): boolean =>
  [...GIVEN_BY_THE_CHART, ...LEFT_OUT_OF_THE_CHART].some((given) => given === name) || name.endsWith('_TARGET');

/** One container of ours, and whom it talks to. */
export interface Workload {
  readonly replicas: number;
  /** The repository below the registry. */
  readonly image: string;
  readonly command: readonly string[];
  readonly ports: { readonly http?: number; readonly grpc?: number; readonly ops?: number };
  /** The port that answers /livez and /readyz. */
  readonly probes: 'ops' | 'http';
  readonly env: Readonly<Record<string, string>>;
  /** Workloads that it calls: each is an arrow, and a NetworkPolicy at both of its ends. */
  readonly calls: readonly string[];
  /** Variables that hold a connection to Postgres. */
  readonly postgres: readonly { readonly variable: string; readonly role: string; readonly database: string }[];
  readonly kafka: boolean;
  readonly traces: boolean;
}

/** Every role that the passwords in these URLs belong to is the chart's business: here they are only in the way. */
const place = { host: '127.0.0.1', offset: 0 };
const secrets: Secrets = {
  postgresPasswords: Object.fromEntries(databases.flatMap((name) => [name, `${name}_owner`]).map((role) => [role, ''])),
};

export const environmentHere = (service: ServiceName): Record<string, string> =>
  environmentOf(replicaOf(service, 1, place), place, secrets, '/lists');

function workloadOf(name: ServiceName): Workload {
  const service: Service = services[name];
  const env = Object.entries(environmentHere(name)).filter(([variable]) => !isGiven(variable));
  const isEntry = name === infrastructure['load-balancer'].to;
  const arrowsFrom = arrows.filter(({ from }) => from === name).map(({ to }) => to as string);
  return {
    replicas: service.replicas,
    image: name,
    command: ['node', ...SERVICE_MEMORY, `services/${name}/dist/main.js`],
    ports: service.ports,
    probes: 'ops',
    env: { ...Object.fromEntries(env), ...(isEntry ? { CONSOLE_DIR: CONSOLE_BUILT } : {}) },
    calls: infrastructure.auditor.for === name ? [...arrowsFrom, 'auditor'] : arrowsFrom,
    postgres: service.database
      ? [{ variable: 'POSTGRES_URL', role: service.database, database: service.database }]
      : [],
    kafka: Boolean(service.publishes ?? service.consumes),
    traces: true,
  };
}

const auditor: Workload = {
  replicas: 1,
  image: 'tools',
  command: ['node', ...nodeFlags.auditor, 'tools/infrastructure/auditor/main.ts'],
  ports: { http: infrastructure.auditor.ports.http },
  probes: 'http',
  env: { HTTP_PORT: String(infrastructure.auditor.ports.http), AUDIT_MS_MAX: String(auditMsMax) },
  calls: [infrastructure.auditor.for],
  postgres: auditedDatabases.map((database) => ({
    variable: `${prefixOf(database)}_URL`,
    role: auditorRole,
    database,
  })),
  kafka: true,
  traces: false,
};

/** What is drained is given this much more to close its pools and send its last spans (libs/lifecycle). */
const AFTER_DRAIN_MS = 5_000;

export function chartFacts() {
  const names = Object.keys(services) as ServiceName[];
  const migrated = names.filter((name) => (services[name] as Service).database !== undefined);
  return {
    '//': 'Made by `npm run generate` from topology.ts and tools/. Do not edit.',
    workloads: { ...Object.fromEntries(names.map((name) => [name, workloadOf(name)])), auditor },
    entry: {
      service: infrastructure['load-balancer'].to,
      port: infrastructure['load-balancer'].ports.http,
      requestMsMax,
      slowRoutesMs,
    },
    /** For each container that runs Node. */
    nodeEnv: MALLOC,
    stopSecondsMax: (drainMsMax + AFTER_DRAIN_MS) / 1_000,
    postgres: {
      superuser,
      auditor: auditorRole,
      databases,
      /** Where the variable of `node services/<name>/dist/migrate.js` comes from. */
      migrations: Object.fromEntries(
        migrated.map((name) => [name, { owner: ownerOf(name), database: (services[name] as Service).database }]),
      ),
    },
    kafka: {
      topics: Object.fromEntries(
        Object.entries(topics).map(([name, { partitions, retentionMs }]) => [name, { partitions, retentionMs }]),
      ),
    },
    traces: infrastructure.traces.ports,
    demoAccounts: DEMO_ACCOUNTS,
  };
}

function ownerOf(name: ServiceName): string {
  const { POSTGRES_OWNER_URL = '' } = migrationEnvironmentOf(name, place, secrets);
  return new URL(POSTGRES_OWNER_URL).username;
}

export const CHART_FACTS_FILE = 'helm/seams/topology.json';

export const chartFactsText = (): string => `${JSON.stringify(chartFacts(), undefined, 2)}\n`;
