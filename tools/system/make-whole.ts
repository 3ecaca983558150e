/**
 * Everything as topology.ts says, whoever broke it and however often this is asked for: thaws what is frozen, waits for
 * what is starting, starts replicas that were removed and removes those that were added. It goes by what is there, so
 * it needs to know nothing of what was done, and a second time does nothing.
 */
import { type Service, type ServiceName, services } from '../../topology.ts';
import { addReplica, heal, removeReplica, type Target } from './faults.ts';
import { askStatus } from './running.ts';

export interface Replicas {
  readonly service: ServiceName;
  /** How many topology.ts wants beyond those that there are. */
  readonly missing: number;
  /** Names beyond what topology.ts wants. */
  readonly added: readonly string[];
}

/** The services whose replicas are not what topology.ts names. `names` are of the processes that there are. */
export function notAsPlanned(names: readonly string[]): Replicas[] {
  return (Object.entries(services) as [ServiceName, Service][])
    .map(([service, { replicas }]) => {
      const own = names.filter((name) => new RegExp(`^${service}-\\d+$`).test(name));
      // One that is missing is started under its own number, the lowest that is free, so what lies above stays too many.
      const added = own.filter((name) => Number(name.slice(service.length + 1)) > replicas);
      return { service, missing: replicas - (own.length - added.length), added };
    })
    .filter(({ missing, added }) => missing > 0 || added.length > 0);
}

/** Resolves with what it did, a line each, when every process says that it is ready. */
export async function makeWhole(system: Target): Promise<string[]> {
  const done = (await heal(system)).map((name) => `${name} was thawed`);
  const { processes } = await askStatus(system.dataDir);
  const names = processes.map(({ name }) => name);
  if (names.includes('single')) return done; // all services are one process: there are no replicas
  for (const { service, missing, added } of notAsPlanned(names)) {
    for (let n = 0; n < missing; n++) done.push(`${await addReplica(system, service)} was started again`);
    for (const name of added) {
      await removeReplica(system, name);
      done.push(`${name} was removed`);
    }
  }
  return done;
}
