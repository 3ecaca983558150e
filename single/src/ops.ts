import { createOpsServer, type DependencyState, type OpenOps, type OpsServer, type Readiness } from '@seams/lifecycle';

interface OpsOfAllOptions {
  readonly host: string;
  readonly port: number;
  /** Each has to say that it is ready. */
  readonly services: readonly string[];
}

export interface OpsOfAll extends OpsServer {
  /** What a service opens instead of a port of its own. */
  openOps(service: string): OpenOps;
}

/** One ops port for all services of a process: ready when each is, draining as soon as one is. */
export function openOpsOfAll({ host, port, services }: OpsOfAllOptions): OpsOfAll {
  const told = new Map<string, Readiness>();
  const server = createOpsServer({
    host,
    port,
    health: {
      get ready() {
        return services.every((service) => told.get(service)?.ready);
      },
      get draining() {
        return [...told.values()].some(({ draining }) => draining);
      },
      dependencyStates: () => [...told].flatMap(([service, health]) => statesOf(service, health)),
    },
  });
  return {
    ...server,
    openOps: (service) => {
      return ({ health }) => {
        told.set(service, health);
        return { listen: async () => port, close: async () => undefined };
      };
    },
  };
}

const statesOf = (service: string, health: Readiness): DependencyState[] =>
  health.dependencyStates().map((state) => ({ ...state, name: `${service}: ${state.name}` }));
