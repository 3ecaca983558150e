/**
 * The replicas of each service: how many there are, and the lists by which their callers find them. A replica is on its
 * list from when it is ready until before it is stopped, so that adding and removing one costs no request.
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

export class Replicas {
  readonly #world: World;
  readonly #supervised: Supervised[];
  /** Also those that are starting or ending. */
  readonly #all = new Map<string, Replica>();
  /** By name, what callers may use. */
  readonly #listed = new Set<string>();

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
