/** Brings the whole system up, keeps it up, takes it down: the order of things, and nothing else. */
import type { Server } from 'node:http';
import path from 'node:path';
import { type Service, type ServiceName, services, single } from '../../topology.ts';
import { hasLabRunner, kafkaBroker, migrationEnvironmentOf } from '../environment.ts';
import { liveChildren, runToEnd, startNoMore, stopChild, watchChildren, within } from '../infrastructure/child.ts';
import { findJaeger } from '../infrastructure/jaeger.ts';
import { auditorRole, ensureAuditor, ensureDatabases, superuser } from '../infrastructure/postgres-roles.ts';
import type { StartArguments } from './arguments.ts';
import { type Breakable, faultRoutes } from './breaking.ts';
import { build } from './build.ts';
import { checkMachine } from './checks.ts';
import { openControl } from './control.ts';
import { type Folder, folderOf, forget, makeFolder, removeSocket } from './folder.ts';
import { Guardian } from './guardian.ts';
import { auditedDatabases, databases, type Installation, openInstallation, writeDemoEnv } from './installation.ts';
import * as parts from './parts.ts';
import { removeRecord, stopLeftovers, takeLock, writeRecord } from './record.ts';
import { Replicas } from './replicas.ts';
import { singlePart } from './single.ts';
import { statusOf } from './status.ts';
import { stopInOrder } from './stop-order.ts';
import { NotNow, type Part, Supervised } from './supervised.ts';
import type { Terminal } from './terminal.ts';

const READY_MS_MAX = 60_000;
const MIGRATION_MS_MAX = 60_000;
const TOPICS_MS_MAX = 60_000;
const KILL_MS_MAX = 2_000;
/** For a whole stop: what has not ended then is killed, so that nothing outlives its starter by more than 15 s. */
const STOP_MS_MAX = 14_500;

/**
 * Clients before what they call; what they all stand on at the end. But for the auditor: who waits for an audit, up to a
 * minute, is told at once that there will be none, and does not hold up the drain of those before it.
 */
const STOP_ORDER: readonly (readonly string[])[] = [
  ['auditor', 'watcher', 'lab-runner'],
  ['load-balancer'],
  ['gateway', single.name],
  ['business-logic'],
  ['auth', 'analytics'],
  ['storage'],
  ['traces', 'kafka', 'postgres'],
];

export interface Ready {
  readonly url: string;
  readonly tracesUrl: string;
  readonly installation: Installation;
}

export class Runner {
  readonly #args: StartArguments;
  readonly #checkout: string;
  readonly #terminal: Terminal;
  readonly #folder: Folder;
  readonly #supervised: Supervised[] = [];
  readonly #url: string;
  readonly #tracesUrl: string;
  #readyAt: string | null = null;
  #locked = false;
  #stopping = false;
  #control: Server | undefined;
  #guardian: Guardian | undefined;
  /** What `npm stop` asks for. */
  onStopRequest: () => void = () => {};
  #replicas: Replicas | undefined;

  constructor(args: StartArguments, checkout: string, terminal: Terminal) {
    this.#args = args;
    this.#checkout = checkout;
    this.#terminal = terminal;
    this.#folder = folderOf(args.dataDir);
    const ports = parts.portsOfPlace(args.place);
    this.#url = `http://${args.place.host}:${ports.balancer}`;
    this.#tracesUrl = `http://${args.place.host}:${ports.query}`;
  }

  /** @throws Error with one line when another runner has this folder */
  lock(): void {
    makeFolder(this.#folder);
    takeLock(this.#folder, this.#url);
    this.#locked = true;
  }

  async start(): Promise<Ready> {
    const { place, fresh } = this.#args;
    const left = await stopLeftovers(this.#folder);
    if (left.length > 0)
      this.#terminal.step(`stopped ${left.length} processes that an earlier run left: ${left.join(', ')}`);
    await checkMachine(place, this.#folder);
    const jaeger = findJaeger();
    if (fresh) {
      forget(this.#folder);
      makeFolder(this.#folder);
      this.#terminal.step('forgot the data and passwords of earlier runs');
    }
    const installation = openInstallation(this.#folder);
    watchChildren(() => writeRecord(this.#folder));
    writeRecord(this.#folder);
    this.#guardian = new Guardian(this.#folder);
    await this.#openControl();

    const world: parts.World = {
      checkout: this.#checkout,
      folder: this.#folder,
      place,
      installation,
      terminal: this.#terminal,
    };
    await this.#bringUp(world, jaeger);
    writeDemoEnv(this.#folder, installation, { api: this.#url, traces: this.#tracesUrl });
    this.#readyAt = new Date().toISOString();
    return { url: this.#url, tracesUrl: this.#tracesUrl, installation };
  }

  get hasStarted(): boolean {
    return this.#supervised.length > 0 || liveChildren.size > 0;
  }

  /** False when something had to be killed. Also ends what a start, broken off, was about to need. */
  async stop(): Promise<boolean> {
    startNoMore();
    this.#stopping = true;
    this.#readyAt = null;
    // All of them first: a service would spend its whole drain on a database that is frozen until its own turn comes.
    for (const each of this.#supervised) if (each.state === 'frozen') each.thaw();
    const stopped = stopInOrder(
      STOP_ORDER.map((group) => this.#supervised.filter(({ part }) => group.includes(nameOf(part)))),
    );
    const late = setTimeout(() => void this.#killAll(), STOP_MS_MAX);
    await stopped.finally(() => clearTimeout(late));
    // Programs that run to their end: a build, a download, a migration.
    while (liveChildren.size > 0) {
      await Promise.all([...liveChildren].map((child) => stopChild(child, [{ signal: 'SIGTERM', waitMs: 2_000 }])));
    }
    this.#control?.close();
    this.#control?.closeAllConnections();
    this.#leaveFolder();
    const forced = this.#supervised.filter((each) => each.forced).map(({ part }) => part.name);
    if (forced.length > 0) this.#terminal.step(`had to be killed, for they did not end in time: ${forced.join(', ')}`);
    return forced.length === 0;
  }

  /** At once, in no order: for a second Ctrl-C. */
  async kill(): Promise<void> {
    startNoMore();
    await within(this.#killAll(), KILL_MS_MAX);
    this.#leaveFolder();
  }

  async #killAll(): Promise<void> {
    const children = [...liveChildren];
    for (const child of children) child.signal('SIGKILL');
    await Promise.all(children.map(({ exited }) => exited));
  }

  /** Without the lock, socket and record are another runner's. */
  #leaveFolder(): void {
    if (!this.#locked) return;
    removeSocket(this.#folder);
    removeRecord(this.#folder);
    this.#guardian?.dismiss();
  }

  async #openControl(): Promise<void> {
    const whole = () => ({
      readyAt: this.#readyAt,
      url: this.#url,
      tracesUrl: this.#tracesUrl,
      dataDir: this.#folder.root,
    });
    this.#control = await openControl(this.#folder.controlSocket, {
      'GET /status': () => ({ status: 200, body: statusOf(whole(), this.#supervised) }),
      'POST /stop': () => {
        setImmediate(this.onStopRequest); // after the answer
        return { status: 202, body: { stopping: true } };
      },
      ...faultRoutes(this.#breakable()),
    });
  }

  #breakable(): Breakable {
    const isReady = (): boolean => this.#readyAt !== null;
    const { place } = this.#args;
    const replicas = (): Replicas => {
      if (!this.#replicas) throw new NotNow('the system is still starting');
      return this.#replicas;
    };
    return {
      get ready() {
        return isReady();
      },
      processes: this.#supervised,
      // In one process there is nothing to have two of.
      services: place.single ? [] : (Object.keys(services) as ServiceName[]),
      add: async (service) => replicas().add(service),
      remove: async (name) => {
        if (place.single) throw new NotNow(`${name} cannot be removed: all services are one process`);
        return replicas().remove(name);
      },
      restart: (one) => (isReplica(one.part) ? replicas().restart(one.part.name) : one.restart()),
    };
  }

  async #bringUp(world: parts.World, jaeger: string | undefined): Promise<void> {
    const built = this.#timed(
      'built libraries and services',
      build(this.#checkout, (name) => this.#folder.log(name)),
    );
    const storesUp = Promise.all([this.#bring(parts.postgresPart(world)).then(() => makeDatabases(world)), built]).then(
      () => this.#timed('databases migrated', migrate(world)),
    );
    await Promise.all([
      storesUp,
      this.#bring(parts.kafkaPart(world)).then(() => this.#timed('topics made', makeTopics(world))),
      this.#bring(parts.tracesPart(world, jaeger), jaeger ? `Jaeger (${jaeger})` : undefined),
    ]);
    const auditor = parts.auditorPart(world);
    if (world.place.single) {
      await Promise.all([singlePart(world), auditor].map((part) => this.#bring(part)));
      return;
    }
    this.#replicas = new Replicas(world, this.#supervised);
    const labs = hasLabRunner(world.place) ? [parts.labRunnerPart(world)] : [];
    const parallel = [...this.#replicas.parts(), auditor, parts.watcherPart(world), ...labs];
    await Promise.all(parallel.map((part) => this.#bring(part)));
    await this.#bring(parts.loadBalancerPart(world));
  }

  async #bring(part: Part, as: string = part.name): Promise<void> {
    const supervised = new Supervised(part, this.#terminal);
    this.#supervised.push(supervised);
    await supervised.start(READY_MS_MAX);
    if (!this.#stopping) this.#terminal.step(`${as}: ready on ${part.ports.join(', ')}`);
  }

  async #timed(what: string, work: Promise<unknown>): Promise<void> {
    await work;
    if (!this.#stopping) this.#terminal.step(what);
  }
}

const isReplica = ({ name, kind }: Part): boolean => kind === 'service' && name !== single.name;

/** "storage" of "storage-2". */
const nameOf = ({ name, kind }: Part): string => (kind === 'service' ? name.replace(/-\d+$/, '') : name);

async function makeDatabases({ place, installation }: parts.World): Promise<void> {
  const passwords = installation.secrets.postgresPasswords;
  const server = {
    host: place.host,
    port: parts.portsOfPlace(place).sql,
    superuserPassword: passwords[superuser] ?? '',
  };
  await ensureDatabases(server, databases, passwords);
  await ensureAuditor(server, auditedDatabases, passwords[auditorRole] ?? '');
}

async function migrate(world: parts.World): Promise<void> {
  const { checkout, folder, place, installation } = world;
  const more: Partial<Record<ServiceName, Record<string, string>>> = {
    auth: { SEAMS_DEMO_ACCOUNTS: folder.demoAccounts },
    storage: { SEAMS_SEED: 'demo' },
  };
  const owners = (Object.keys(services) as ServiceName[]).filter((name) => (services[name] as Service).database);
  await Promise.all(
    owners.map((service) =>
      runToEnd(
        {
          name: `${service} migration`,
          command: process.execPath,
          args: [path.join(checkout, 'services', service, 'dist/migrate.js')],
          env: parts.nodeEnvironment({
            ...migrationEnvironmentOf(service, place, installation.secrets),
            ...more[service],
          }),
          cwd: checkout,
          logFile: folder.log(`migrate-${service}`),
        },
        MIGRATION_MS_MAX,
      ),
    ),
  );
}

const makeTopics = (world: parts.World): Promise<void> =>
  runToEnd(
    {
      name: 'topics',
      command: process.execPath,
      args: [path.join(world.checkout, 'tools/infrastructure/topics.ts'), kafkaBroker(world.place)],
      env: parts.nodeEnvironment({}),
      logFile: world.folder.log('topics'),
    },
    TOPICS_MS_MAX,
  );
