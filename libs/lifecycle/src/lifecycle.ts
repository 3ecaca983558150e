import type { Logger } from '@seams/telemetry';
import { type Dependency, Health } from './health.ts';
import { createOpsServer, type OpenOps } from './ops-server.ts';

/** Takes requests: gRPC or HTTP. */
export interface Listener {
  listen(): Promise<number>;
  setServing?(serving: boolean): void;
  /** Takes no new work, lets what is in flight finish, cuts what is left after `atMostMs`. */
  drain(atMostMs: number): Promise<void>;
}

/** Works on its own account: a relay, a consumer. */
export interface Background {
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface LifecycleParts {
  readonly host: string;
  readonly opsPort: number;
  /** A port of its own unless said otherwise. */
  readonly openOps?: OpenOps;
  readonly drainMsMax: number;
  readonly log: Logger;
  readonly dependencies: readonly Dependency[];
  readonly listeners: readonly Listener[];
  readonly background?: readonly Background[];
  /** Closed last, in this order. */
  readonly stores: readonly { close(): Promise<void> | void }[];
}

/** Nest calls these hooks on the provider that holds it; the order of starting and stopping stands here, once. */
export interface Lifecycle {
  readonly health: Health;
  onApplicationBootstrap(): Promise<void>;
  beforeApplicationShutdown(): Promise<void>;
}

/**
 * Start: the ops port answers first ("starting"), then the listeners, then the background work; ready once each
 * dependency was up. Stop: not ready, drain the listeners, stop the background work, close the stores, and the ops
 * port last, so that whoever waits for the end can see it. A step of the stop that fails is logged, does not keep the later
 * ones from running, and makes the process end with exit code 1.
 */
export function createLifecycle(parts: LifecycleParts): Lifecycle {
  const health = new Health(parts.dependencies, parts.log);
  const openOps = parts.openOps ?? createOpsServer;
  const ops = openOps({ host: parts.host, port: parts.opsPort, health });
  const background = parts.background ?? [];
  const step = stoppingStep(parts.log);
  return {
    health,
    onApplicationBootstrap: async () => {
      await ops.listen();
      await Promise.all(parts.listeners.map((listener) => listener.listen()));
      await Promise.all(background.map((work) => work.start()));
      void health.watch().then(() => {
        if (!health.ready) return;
        for (const listener of parts.listeners) listener.setServing?.(true);
        parts.log.info('ready');
      });
    },
    beforeApplicationShutdown: async () => {
      health.drain();
      for (const listener of parts.listeners) await step('refuse new calls', () => listener.setServing?.(false));
      await Promise.all(parts.listeners.map((one) => step('drain a listener', () => one.drain(parts.drainMsMax))));
      await Promise.all(background.map((work) => step('stop background work', () => work.stop())));
      for (const store of parts.stores) await step('close a store', () => store.close());
      await step('close the ops port', () => ops.close());
    },
  };
}

type StoppingStep = (what: string, run: () => Promise<void> | void) => Promise<void>;

const stoppingStep =
  (log: Logger): StoppingStep =>
  async (what, run) => {
    try {
      await run();
    } catch (error) {
      log.error(
        { step: what, error: error instanceof Error ? error.stack : String(error) },
        'a step of the stop failed',
      );
      // Nest resolves app.close() whatever its hooks throw, so the exit code is the only way out.
      process.exitCode = 1;
    }
  };
