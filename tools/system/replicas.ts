/**
 * The replicas of each service: how many there are, and the lists by which their callers find them. A replica is on its
 * list from when it is ready until before it is stopped, so that adding, removing and restarting one costs no request.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { replicasMax, type ServiceName, services } from '../../topology.ts';
import { type Replica, replicaLineOf, replicaListOf, replicaOf, replicasOf } from '../environment.ts';
import { takenPort } from './checks.ts';
import { writePrivately } from './installation.ts';
import { servicePart, type World } from './parts.ts';
import { NotNow, type Part, Supervised } from './supervised.ts';

const READY_MS_MAX = 60_000;
// Callers look at the list once a second at the latest; most see a change at once.
const LIST_SEEN_MS_MAX = 1_200;
const POLL_MS = 50;

export class Replicas {
  readonly #world: World;
  readonly #supervised: Supervised[];
  /** Also those that are starting or ending. */
  readonly #all = new Map<string, Replica>();
  /** By name, what callers may use. */
  readonly #listed = new Set<string>();
  /** By name, those that were restarted and are not back on their list yet. */
  readonly #coming = new Map<string, Promise<void>>();

  /** `supervised` is the runner's list of everything; replicas come and go in it. */
  constructor(world: World, supervised: Supervised[]) {
    this.#world = world;
    this.#supervised = supervised;
    for (const service of Object.keys(services) as ServiceName[]) {
      for (const replica of replicasOf(service, world.place)) {
        this.#all.set(replica.name, replica);
        this.#listed.add(replica.name); // at the first start a caller waits for its callees anyway
      }
      this.#writeList(service);
    }
  }

  /** Those that topology.ts names, for the start of the whole. */
  parts(): Part[] {
    return [...this.#all.values()].map((replica) => servicePart(replica, this.#world));
  }

  /** Resolves with its name when it is ready and on its callers' list. */
  async add(service: ServiceName): Promise<string> {
    const { place, terminal } = this.#world;
    const replica = replicaOf(service, this.#freeNumber(service), place);
    this.#all.set(replica.name, replica);
    const part = servicePart(replica, this.#world);
    const supervised = new Supervised(part, terminal);
    try {
      const taken = await takenPort(place.host, part.ports);
      if (taken) throw new Error(`${replica.name} is not started: ${taken}`);
      this.#supervised.splice(this.#placeFor(service), 0, supervised);
      await supervised.start(READY_MS_MAX);
    } catch (error) {
      await supervised.stop();
      this.#forget(replica, supervised);
      throw new NotNow((error as Error).message);
    }
    this.#listed.add(replica.name);
    this.#writeList(service);
    terminal.step(`${replica.name}: added, ready on ${part.ports.join(', ')}`);
    return replica.name;
  }

  /** Resolves when it has ended. */
  async remove(name: string): Promise<void> {
    const replica = this.#all.get(name);
    const supervised = this.#supervised.find(({ part }) => part.name === name);
    if (!replica) throw new NotNow(`${name} cannot be removed: only replicas of services can`);
    await this.#untilListed(replica.service);
    if (!supervised || !this.#listed.has(name)) throw new NotNow(`${name} is being added or removed already`);
    if (this.#namesOf(replica.service).filter((each) => this.#listed.has(each)).length === 1)
      throw new NotNow(`${name} is the last replica of ${replica.service}: add another one first`);
    this.#listed.delete(name);
    this.#writeList(replica.service);
    await sleep(LIST_SEEN_MS_MAX);
    await supervised.stop();
    this.#forget(replica, supervised);
    this.#world.terminal.step(`${name}: removed`);
  }

  /**
   * What a rolling update does to one replica: off the list, stopped in order, started, and on the list again when it is
   * ready. Resolves when its start has begun. The last one that is ready stays listed: nobody could take its place.
   */
  async restart(name: string): Promise<void> {
    const replica = this.#all.get(name);
    const supervised = this.#supervised.find(({ part }) => part.name === name);
    if (supervised?.state === 'ready' && replica) await this.#untilListed(replica.service);
    if (supervised && this.#coming.has(name)) return supervised.restart(); // off its list, and watched
    if (!replica || !supervised || !this.#listed.has(name))
      throw new NotNow(`${name} cannot be restarted now: it is being added or removed`);
    if (supervised.state === 'ready' && this.#hasAnother(replica)) {
      this.#listed.delete(name);
      this.#writeList(replica.service);
      await sleep(LIST_SEEN_MS_MAX);
    }
    try {
      await supervised.restart();
    } finally {
      const listed = this.#listWhenReady(replica, supervised).finally(() => this.#coming.delete(name));
      this.#coming.set(name, listed);
    }
  }

  /** One that was restarted is ready a moment before it is listed, and then it counts. */
  async #untilListed(service: ServiceName): Promise<void> {
    const coming = this.#namesOf(service).flatMap((each) => this.#coming.get(each) ?? []);
    await Promise.race([Promise.all(coming), sleep(READY_MS_MAX, undefined, { ref: false })]);
  }

  #hasAnother({ service, name }: Replica): boolean {
    const others = this.#namesOf(service).filter((each) => each !== name && this.#listed.has(each));
    return this.#supervised.some(({ part, state }) => others.includes(part.name) && state === 'ready');
  }

  async #listWhenReady(replica: Replica, supervised: Supervised): Promise<void> {
    while (supervised.state !== 'ready') {
      if (supervised.state === 'stopped') return; // the whole system ends
      await sleep(POLL_MS, undefined, { ref: false });
    }
    if (this.#listed.has(replica.name)) return;
    this.#listed.add(replica.name);
    this.#writeList(replica.service);
  }

  #namesOf(service: ServiceName): string[] {
    return [...this.#all.values()].filter((replica) => replica.service === service).map(({ name }) => name);
  }

  #freeNumber(service: ServiceName): number {
    const names = this.#namesOf(service);
    for (let number = 1; number <= replicasMax; number++) {
      if (!names.includes(`${service}-${number}`)) return number;
    }
    throw new NotNow(`${service} has ${replicasMax} replicas already: its ports have room for no more (topology.ts)`);
  }

  /** Behind its siblings, for whoever reads the table. */
  #placeFor(service: ServiceName): number {
    const names = this.#namesOf(service);
    return this.#supervised.findLastIndex(({ part }) => names.includes(part.name)) + 1;
  }

  #forget({ name }: Replica, supervised: Supervised): void {
    this.#all.delete(name);
    const at = this.#supervised.indexOf(supervised);
    if (at !== -1) this.#supervised.splice(at, 1);
  }

  #writeList(service: ServiceName): void {
    const { folder, place } = this.#world;
    const listed = [...this.#all.values()].filter((one) => one.service === service && this.#listed.has(one.name));
    writePrivately(
      replicaListOf(service, folder.replicas),
      listed.map((one) => `${replicaLineOf(one, place)}\n`).join(''),
    );
  }
}
