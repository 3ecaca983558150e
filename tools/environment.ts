/**
 * What each service process gets as its environment, made from topology.ts alone plus the secrets of one installation.
 * The services' config.ts name the same variables; the Helm chart's values are checked against this too.
 */
import path from 'node:path';
import {
  type Arrow,
  arrows,
  drainMsMax,
  infrastructure,
  replyReserveMs,
  requestMsMax,
  type Service,
  type ServiceName,
  services,
  single,
  slowRoutesMs,
  traceRatio,
} from '../topology.ts';

/** Where one started system listens: topology.ts's ports, moved by `offset` so that two systems fit on one machine. */
export interface Place {
  readonly host: string;
  readonly offset: number;
  /** Ports that the user named; they win over the offset. */
  readonly loadBalancerPort?: number;
  readonly traceQueryPort?: number;
  /** All services in one process, instead of each in its own. */
  readonly single?: boolean;
}

export interface Secrets {
  /** Password of the Postgres superuser, of the auditor, of each service's role and of each owner role, by role name. */
  readonly postgresPasswords: Readonly<Record<string, string>>;
}

export interface Replica {
  /** For example "storage-2". */
  readonly name: string;
  readonly service: ServiceName;
  readonly ports: { readonly http?: number; readonly grpc?: number; readonly ops: number };
}

/** A system on loopback is a bench to break things on; a chart says otherwise. */
const labMode = (): string => process.env.SEAMS_LABS ?? 'on';

/** It breaks replicas by their names, and one process has none. */
export const hasLabRunner = ({ single }: Place): boolean => labMode() === 'on' && !single;

const serviceOf = (name: ServiceName): Service => services[name];

export function replicasOf(service: ServiceName, place: Place): Replica[] {
  return Array.from({ length: serviceOf(service).replicas }, (_, index) => replicaOf(service, index + 1, place));
}

/** The first has the number 1. */
export function replicaOf(service: ServiceName, number: number, place: Place): Replica {
  const { ports } = serviceOf(service);
  const moved = (port: number): number => port + number - 1 + place.offset;
  return {
    name: `${service}-${number}`,
    service,
    ports: {
      ops: moved(ports.ops),
      ...(ports.http === undefined ? {} : { http: moved(ports.http) }),
      ...(ports.grpc === undefined ? {} : { grpc: moved(ports.grpc) }),
    },
  };
}

/** Where users come in. */
export const frontPort = ({ offset, loadBalancerPort }: Place): number =>
  loadBalancerPort ?? infrastructure['load-balancer'].ports.http + offset;

/** Every port of the system by what listens there, for the check before the start. */
export function portsOf(place: Place): { name: string; port: number }[] {
  const { offset } = place;
  return [
    { name: place.single ? single.name : 'load-balancer', port: frontPort(place) },
    { name: 'traces (query)', port: place.traceQueryPort ?? infrastructure.traces.ports.query + offset },
    { name: 'auditor', port: infrastructure.auditor.ports.http + offset },
    // The map that it feeds is one of five services.
    ...(place.single ? [] : [{ name: 'watcher', port: infrastructure.watcher.ports.http + offset }]),
    ...(hasLabRunner(place) ? [{ name: 'lab-runner', port: infrastructure['lab-runner'].ports.http + offset }] : []),
    { name: 'traces (OTLP)', port: infrastructure.traces.ports.otlp + offset },
    { name: 'postgres', port: infrastructure.postgres.ports.sql + offset },
    { name: 'kafka', port: infrastructure.kafka.ports.broker + offset },
    { name: 'kafka (controller)', port: infrastructure.kafka.ports.controller + offset },
    ...(place.single ? [{ name: `${single.name} (ops)`, port: single.ports.ops + offset }] : portsOfServices(place)),
  ];
}

const portsOfServices = (place: Place): { name: string; port: number }[] =>
  (Object.keys(services) as ServiceName[]).flatMap((service) =>
    replicasOf(service, place).flatMap((replica) =>
      Object.entries(replica.ports).map(([use, port]) => ({ name: `${replica.name} (${use})`, port })),
    ),
  );

export function postgresUrl(role: string, database: string, place: Place, secrets: Secrets): string {
  const password = secrets.postgresPasswords[role];
  if (password === undefined) throw new Error(`no password for the Postgres role ${role}`);
  const port = infrastructure.postgres.ports.sql + place.offset;
  return `postgres://${role}:${encodeURIComponent(password)}@${place.host}:${port}/${database}`;
}

export const kafkaBroker = (place: Place): string =>
  `${place.host}:${infrastructure.kafka.ports.broker + place.offset}`;
export const otlpUrl = (place: Place): string =>
  `http://${place.host}:${infrastructure.traces.ports.otlp + place.offset}`;

/** AUTH, BUSINESS_LOGIC, …: the prefix of the variables about one callee. */
export const prefixOf = (service: ServiceName): string => service.toUpperCase().replaceAll('-', '_');

/** Where the replicas of a service stand, one a line: the runner writes it, the callers follow it. */
export const replicaListOf = (service: ServiceName, listsDir: string): string => path.join(listsDir, service);

/** gRPC target of all replicas: a list in a file here (libs/rpc/src/balancing/replica-lists.ts), a headless Service's DNS name in a cluster. */
const targetOf = (service: ServiceName, listsDir: string): string => `replicas:${replicaListOf(service, listsDir)}`;

/** What a caller's list says of a replica. The load balancer asks its gateways' ops ports for readiness itself. */
export const replicaLineOf = ({ name, ports }: Replica, { host }: Place): string =>
  ports.http === undefined ? `${host}:${ports.grpc}` : `${name}=${host}:${ports.http}/${ports.ops}`;

export function environmentOf(
  replica: Replica,
  place: Place,
  secrets: Secrets,
  listsDir: string,
): Record<string, string> {
  const service = serviceOf(replica.service);
  const env: Record<string, string> = {
    SEAMS_PROCESS: replica.name,
    HOST: place.host,
    OPS_PORT: String(replica.ports.ops),
    OTLP_URL: otlpUrl(place),
    TRACE_RATIO: process.env.SEAMS_TRACE_RATIO ?? String(traceRatio),
    REQUEST_MS_MAX: String(requestMsMax),
    DRAIN_MS_MAX: String(drainMsMax),
    SEAMS_LABS: labMode(),
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'info',
    ...ofTheBench(process.env),
  };
  if (replica.ports.http !== undefined) env.HTTP_PORT = String(replica.ports.http);
  if (replica.ports.grpc !== undefined) env.GRPC_PORT = String(replica.ports.grpc);
  if (service.database) env.POSTGRES_URL = postgresUrl(service.database, service.database, place, secrets);
  if (service.publishes || service.consumes) env.KAFKA_BROKERS = kafkaBroker(place);
  // The load balancer drops what a client says there and writes the address that it saw.
  if (replica.service === infrastructure['load-balancer'].to) {
    env.TRUST_FORWARDED_FOR = 'on';
    env.CONSOLE_DIR = path.resolve(import.meta.dirname, '../console/dist');
    env.PRICE_FILE = process.env.SEAMS_PRICE_FILE ?? path.resolve(import.meta.dirname, '../.seams/bench/latest.json');
  }
  if (replica.service === infrastructure.auditor.for) {
    env.AUDITOR_URL = `http://${place.host}:${infrastructure.auditor.ports.http + place.offset}`;
    env.AUDIT_MS_MAX = String(slowRoutesMs['/v1/audit']);
  }
  if (replica.service === infrastructure.watcher.for) {
    env.TRACES_URL = `http://${place.host}:${place.traceQueryPort ?? infrastructure.traces.ports.query + place.offset}`;
    env.WATCHER_URL = `http://${place.host}:${infrastructure.watcher.ports.http + place.offset}`;
  }
  if (replica.service === infrastructure['lab-runner'].for && hasLabRunner(place))
    env.LAB_RUNNER_URL = `http://${place.host}:${infrastructure['lab-runner'].ports.http + place.offset}`;
  const waits = arrows.filter(({ to }) => to === replica.service).map(({ budgetMs }) => budgetMs);
  if (waits.length > 0) env.CALLER_WAITS_MS = String(Math.min(...waits));
  for (const arrow of arrows.filter(({ from }) => from === replica.service) as readonly Arrow[]) {
    env.REPLY_RESERVE_MS = String(replyReserveMs);
    Object.assign(env, arrowEnvironment(arrow, targetOf(arrow.to, listsDir)));
    if (arrow.cache) env[`${prefixOf(arrow.to)}_CACHE_TTL_MS`] = String(arrow.cache.ttlMs);
    if (arrow.degraded) env[`${prefixOf(arrow.to)}_STALE_MS_MAX`] = String(arrow.degraded.ageMsMax);
  }
  return env;
}

/** What `npm run bench` leaves out to see what it costs; config.ts refuses the first without labs, the second is OpenTelemetry's own. */
const ofTheBench = ({ SEAMS_RUNG, OTEL_SDK_DISABLED }: NodeJS.ProcessEnv): Record<string, string> => ({
  ...(SEAMS_RUNG ? { SEAMS_RUNG } : {}),
  ...(OTEL_SDK_DISABLED ? { OTEL_SDK_DISABLED } : {}),
});

/** As arrowConfig of libs/resilience reads it. */
function arrowEnvironment({ to, ...arrow }: Arrow, target: string): Record<string, string> {
  const values = {
    TARGET: target,
    BUDGET_MS: arrow.budgetMs,
    ATTEMPTS_MAX: arrow.attemptsMax,
    CONCURRENT_MAX: arrow.concurrentMax,
    RETRIES_PERCENT_MAX: arrow.retries.percentMax,
    RETRIES_RESERVE: arrow.retries.reserve,
    BREAKER_FAILURES_MAX: arrow.breaker.failuresMax,
    BREAKER_WINDOW_MS: arrow.breaker.windowMs,
    BREAKER_SHARE_PERCENT_MAX: arrow.breaker.sharePercentMax,
    BREAKER_CALLS_MIN: arrow.breaker.callsMin,
    BREAKER_PROBE_EVERY_MS: arrow.breaker.probeEveryMs,
  };
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefixOf(to)}_${name}`, String(value)]));
}

/** What `node services/<name>/dist/migrate.js` gets: the connection of the role that owns the tables. */
export function migrationEnvironmentOf(service: ServiceName, place: Place, secrets: Secrets): Record<string, string> {
  const { database } = serviceOf(service);
  if (!database) throw new Error(`${service} has no database`);
  return { POSTGRES_OWNER_URL: postgresUrl(`${database}_owner`, database, place, secrets) };
}

/** Whom one listens for and where its callees are, which is nobody and nowhere; and what the process says for all. */
const isNotOfOne = (name: string): boolean => /^(GRPC_PORT|OPS_PORT|SEAMS_PROCESS|\w+_TARGET)$/.test(name);

/**
 * What the one process gets: what each service gets, under its own name where they differ (single/src/config.ts). The
 * gateway's edge meets its users itself, so nobody in front may say whose address it is.
 */
export function singleEnvironmentOf(place: Place, secrets: Secrets): Record<string, string> {
  const names = Object.keys(services) as ServiceName[];
  const own = names.map((service) => environmentOf(replicaOf(service, 1, place), place, secrets, ''));
  const env: Record<string, string> = {};
  for (const [at, service] of names.entries()) {
    for (const [name, value] of Object.entries(own[at] ?? {})) {
      if (isNotOfOne(name)) continue;
      const same = own.every((other) => other[name] === undefined || other[name] === value);
      env[same ? name : `${prefixOf(service)}__${name}`] = value;
    }
  }
  return {
    ...env,
    SEAMS_PROCESS: single.name,
    OPS_PORT: String(single.ports.ops + place.offset),
    HTTP_PORT: String(frontPort(place)),
    TRUST_FORWARDED_FOR: 'off',
  };
}
