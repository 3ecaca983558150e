/** Every process of the system as the runner starts it, made from topology.ts. */
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { drainMsMax, infrastructure, slowRoutesMs } from '../../topology.ts';
import {
  environmentOf,
  frontPort,
  kafkaBroker,
  type Place,
  postgresUrl,
  type Replica,
  replicaListOf,
} from '../environment.ts';
import { type Child, type Running, runToEnd, type Spawn, spawnChild, stopChild } from '../infrastructure/child.ts';
import { childEnvironment } from '../infrastructure/inherited-environment.ts';
import { startJaeger } from '../infrastructure/jaeger.ts';
import { startKafka } from '../infrastructure/kafka.ts';
import { startPostgres } from '../infrastructure/postgres.ts';
import { auditorRole, superuser } from '../infrastructure/postgres-roles.ts';
import { goFirst } from '../infrastructure/priority.ts';
import type { Folder } from './folder.ts';
import { auditedDatabases, type Installation } from './installation.ts';
import { auditMsMax, MALLOC, nodeFlags, SERVICE_MEMORY } from './node-flags.ts';
import type { Part } from './supervised.ts';
import type { Terminal } from './terminal.ts';

export interface World {
  readonly checkout: string;
  readonly folder: Folder;
  readonly place: Place;
  readonly installation: Installation;
  readonly terminal: Terminal;
}

/** A service's own drain, and a little for its end. */
export const STOP_MS_MAX = drainMsMax + 2_000;
const JAEGER_STOP_MS_MAX = 5_000;
const COMPILE_MS_MAX = 30_000;

/** What a hop between client and gateway waits longer than the gateway itself. */
const HOP_RESERVE_MS = 1_000;

type Tool = 'traces' | 'auditor' | 'watcher' | 'lab-runner' | 'load-balancer';

const TOOLS = {
  traces: { memory: nodeFlags.traces, stopMsMax: 3_000 },
  auditor: { memory: nodeFlags.auditor, stopMsMax: 5_000 },
  watcher: { memory: nodeFlags.watcher, stopMsMax: 2_000 },
  'lab-runner': { memory: nodeFlags['lab-runner'], stopMsMax: 2_000 },
  'load-balancer': { memory: nodeFlags['load-balancer'], stopMsMax: STOP_MS_MAX },
} as const;

export const portsOfPlace = ({ offset, traceQueryPort, ...place }: Place) => ({
  auditor: infrastructure.auditor.ports.http + offset,
  watcher: infrastructure.watcher.ports.http + offset,
  labRunner: infrastructure['lab-runner'].ports.http + offset,
  balancer: frontPort({ offset, ...place }),
  query: traceQueryPort ?? infrastructure.traces.ports.query + offset,
  otlp: infrastructure.traces.ports.otlp + offset,
  sql: infrastructure.postgres.ports.sql + offset,
  broker: infrastructure.kafka.ports.broker + offset,
  controller: infrastructure.kafka.ports.controller + offset,
});

export const nodeEnvironment = (more: Readonly<Record<string, string>>): Record<string, string> => ({
  ...childEnvironment(),
  ...MALLOC,
  ...more,
});

/**
 * For TypeScript that is run directly: compiled code is kept between starts, which takes 25 MB off a process that would
 * load the compiler. The services do without: they are JavaScript, and the kept code would cost each of them 9 MB.
 */
const compileCache = ({ folder }: World): { NODE_COMPILE_CACHE: string } => ({
  NODE_COMPILE_CACHE: path.join(folder.cache, 'node'),
});

const toolMain = ({ checkout }: World, tool: Tool): string =>
  path.join(checkout, 'tools/infrastructure', tool, 'main.ts');

/**
 * The tools that stay are TypeScript, and a process that strips its types itself keeps 30 MB more for good.
 * So after a change, and on the very first start, a tool is compiled by a process that ends at once.
 */
async function compileWhenChanged(tool: Tool, world: World): Promise<void> {
  const main = toolMain(world, tool);
  const marker = path.join(world.folder.cache, `${tool}.compiled`);
  // Its own files, and those that several tools are made of.
  const folders = [path.dirname(main), path.join(main, '../..')];
  const sources = folders.flatMap((folder) => readdirSync(folder).map((file) => path.join(folder, file)));
  const changedAt = Math.max(...sources.filter((file) => file.endsWith('.ts')).map((file) => statSync(file).mtimeMs));
  if ((statSync(marker, { throwIfNoEntry: false })?.mtimeMs ?? 0) > changedAt) return;
  const env = nodeEnvironment(compileCache(world));
  const what = { name: `compile ${tool}`, command: process.execPath, args: [main, '--compile-only'], env };
  await runToEnd({ ...what, logFile: world.folder.log(tool) }, COMPILE_MS_MAX);
  writeFileSync(marker, '');
}

async function startTool(tool: Tool, env: Readonly<Record<string, string>>, world: World): Promise<Running> {
  await compileWhenChanged(tool, world);
  const { memory, stopMsMax } = TOOLS[tool];
  const what: Spawn = {
    name: tool,
    command: process.execPath,
    args: [...memory, toolMain(world, tool)],
    env: nodeEnvironment({ ...compileCache(world), ...env }),
    logFile: world.folder.log(tool),
  };
  return tool === 'load-balancer' ? spawnInFront(what, stopMsMax, world) : spawnStoppable(what, stopMsMax);
}

async function spawnStoppable(what: Spawn, stopMsMax: number): Promise<Running> {
  return stoppable(await spawnChild(what), stopMsMax);
}

/** Who says "too much" has to be heard while everything behind is busy (docs/overload.md). */
export async function spawnInFront(what: Spawn, stopMsMax: number, { terminal }: World): Promise<Running> {
  const child = await spawnChild(what);
  const why = goFirst(child.pid);
  if (why) terminal.step(`${what.name} gets no more of the processor than the rest: ${why}`);
  return stoppable(child, stopMsMax);
}

const stoppable = (child: Child, stopMsMax: number): Running => ({
  pid: child.pid,
  exited: child.exited,
  stop: () => stopChild(child, [{ signal: 'SIGTERM', waitMs: stopMsMax }]),
});

export function postgresPart({ folder, place, installation, terminal }: World): Part {
  const { sql } = portsOfPlace(place);
  const logFile = folder.log('postgres');
  const superuserPassword = installation.secrets.postgresPasswords[superuser] ?? '';
  const onProgress = (line: string): void => terminal.step(`postgres: ${line}`);
  return {
    name: 'postgres',
    kind: 'infrastructure',
    runtime: 'native',
    ports: [sql],
    logFile,
    start: () =>
      startPostgres({ dataDir: folder.postgres, host: place.host, port: sql, logFile, superuserPassword, onProgress }),
  };
}

export function kafkaPart({ folder, place, terminal }: World): Part {
  const { broker, controller } = portsOfPlace(place);
  const logFile = folder.log('kafka');
  return {
    name: 'kafka',
    kind: 'infrastructure',
    runtime: 'java',
    ports: [broker, controller],
    logFile,
    start: () =>
      startKafka({
        dataDir: folder.kafka,
        cacheDir: folder.cache,
        host: place.host,
        port: broker,
        controllerPort: controller,
        logFile,
        onProgress: (line) => terminal.step(`kafka: ${line}`),
      }),
  };
}

export function tracesPart(world: World, jaeger: string | undefined): Part {
  const { folder, place } = world;
  const { query, otlp } = portsOfPlace(place);
  const logFile = folder.log('traces');
  const env = { HOST: place.host, OTLP_PORT: String(otlp), QUERY_PORT: String(query) };
  const real = async (binary: string): Promise<Running> =>
    stoppable(
      await startJaeger({
        binary,
        dataDir: folder.traces,
        host: place.host,
        otlpPort: otlp,
        queryPort: query,
        logFile,
      }),
      JAEGER_STOP_MS_MAX,
    );
  return {
    name: 'traces',
    kind: 'infrastructure',
    runtime: jaeger ? 'native' : 'node',
    ports: [query, otlp],
    logFile,
    readyUrl: `http://${place.host}:${query}/api/services`,
    start: () => (jaeger ? real(jaeger) : startTool('traces', env, world)),
  };
}

export function servicePart(replica: Replica, world: World): Part {
  const { checkout, folder, place, installation } = world;
  const logFile = folder.log(replica.name);
  return {
    name: replica.name,
    kind: 'service',
    runtime: 'node',
    // What it serves first, what operates it last.
    ports: [replica.ports.http, replica.ports.grpc, replica.ports.ops].filter((port) => port !== undefined),
    logFile,
    readyUrl: `http://${place.host}:${replica.ports.ops}/readyz`,
    start: () => {
      const what: Spawn = {
        name: replica.name,
        command: process.execPath,
        args: [...SERVICE_MEMORY, path.join(checkout, 'services', replica.service, 'dist/main.js')],
        env: nodeEnvironment(environmentOf(replica, place, installation.secrets, folder.replicas)),
        cwd: checkout,
        logFile,
      };
      const isInFront = replica.service === infrastructure['load-balancer'].to;
      return isInFront ? spawnInFront(what, STOP_MS_MAX, world) : spawnStoppable(what, STOP_MS_MAX);
    },
  };
}

/** A tool that answers on one port, and there says when it is ready. */
function toolPart(tool: Tool, port: number, env: Readonly<Record<string, string>>, world: World): Part {
  const { place, folder } = world;
  return {
    name: tool,
    kind: 'infrastructure',
    runtime: 'node',
    ports: [port],
    logFile: folder.log(tool),
    readyUrl: `http://${place.host}:${port}/readyz`,
    start: () => startTool(tool, { HOST: place.host, HTTP_PORT: String(port), ...env }, world),
  };
}

/** Operators ask it through the gateway: GET /v1/audit. */
export function auditorPart(world: World): Part {
  const { place, installation } = world;
  const { auditor, balancer } = portsOfPlace(place);
  const { secrets, demoAccounts } = installation;
  const operator = demoAccounts.find(({ roles }) => roles.includes('operator'));
  const [storage, analytics] = auditedDatabases;
  // In its environment, where only this user can read it; an argument stands in every list of processes.
  const env = {
    AUDIT_MS_MAX: String(auditMsMax),
    API_URL: `http://${place.host}:${balancer}`,
    KAFKA_BROKERS: kafkaBroker(place),
    STORAGE_URL: postgresUrl(auditorRole, storage, place, secrets),
    ANALYTICS_URL: postgresUrl(auditorRole, analytics, place, secrets),
    OPERATOR_EMAIL: operator?.email ?? '',
    OPERATOR_PASSWORD: operator?.password ?? '',
  };
  return toolPart('auditor', auditor, env, world);
}

/** Operators ask it through the gateway: GET /v1/floor, and GET /v1/traces/{traceId}/logs. */
export function watcherPart(world: World): Part {
  const { place, folder } = world;
  const { watcher, balancer, query } = portsOfPlace(place);
  const env = {
    OFFSET: String(place.offset),
    BALANCER_PORT: String(balancer),
    QUERY_PORT: String(query),
    LISTS_DIR: folder.replicas,
    LOGS_DIR: path.dirname(folder.log('any')),
  };
  return toolPart('watcher', watcher, env, world);
}

/** Operators ask it through the gateway: /v1/labs and /v1/breakage. */
export function labRunnerPart(world: World): Part {
  const { labRunner } = portsOfPlace(world.place);
  return toolPart('lab-runner', labRunner, { DATA_DIR: world.folder.root }, world);
}

export function loadBalancerPart(world: World): Part {
  const { place, folder } = world;
  const { balancer } = portsOfPlace(place);
  const env = {
    GATEWAYS_FILE: replicaListOf(infrastructure['load-balancer'].to, folder.replicas),
    DRAIN_MS_MAX: String(drainMsMax),
    SLOW_PATHS: Object.entries(slowRoutesMs)
      .map(([path, ms]) => `${path}=${ms + HOP_RESERVE_MS}`)
      .join(','),
  };
  return toolPart('load-balancer', balancer, env, world);
}
