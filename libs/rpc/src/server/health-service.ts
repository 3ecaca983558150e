import type { Server, ServerWritableStream, UntypedServiceImplementation } from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';

type Watch = (call: ServerWritableStream<unknown, unknown>) => void;

/** grpc.health.v1.Health of one server. */
export interface HealthService {
  setServing(serving: boolean): void;
  /** Says NOT_SERVING to every open Watch and ends it: a server that drains waits for each open stream. */
  end(): void;
}

/** @param names the services whose health is asked for; '' is the server as a whole */
export function addHealthService(server: Server, names: readonly string[]): HealthService {
  const services = [...new Set(['', ...names])];
  const health = new HealthImplementation(Object.fromEntries(services.map((name) => [name, 'NOT_SERVING'])));
  const watches = new Set<Parameters<Watch>[0]>();
  let ended = false;
  // grpc-health-check knows no end of a Watch but the caller's, so its handler is wrapped to learn which are open.
  health.addToServer({
    addService: (definition: Parameters<Server['addService']>[0], handlers: UntypedServiceImplementation) =>
      server.addService(definition, {
        ...handlers,
        watch: (call: Parameters<Watch>[0]) => {
          (handlers.watch as Watch)(call);
          if (ended) return void call.end();
          watches.add(call);
          call.on('cancelled', () => watches.delete(call));
        },
      }),
  } as unknown as Server);

  const setServing = (serving: boolean): void => {
    if (ended) return;
    for (const name of services) health.setStatus(name, serving ? 'SERVING' : 'NOT_SERVING');
  };
  return {
    setServing,
    end: () => {
      setServing(false);
      ended = true;
      for (const call of watches) call.end();
      watches.clear();
    },
  };
}
