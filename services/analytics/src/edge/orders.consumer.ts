import type { Background, Dependency } from '@seams/lifecycle';
import { type ConsumerOptions, type RunningConsumer, startConsumer } from '@seams/messaging';

/** The topic's consumer as background work, and what it says of itself as a dependency. */
export function ordersConsumer(options: ConsumerOptions): Background & { readonly dependency: Dependency } {
  let running: RunningConsumer | undefined;
  return {
    // Resolves at once: the consumer connects by itself as soon as there is a broker.
    start: async () => {
      running = await startConsumer(options);
    },
    stop: async () => {
      await running?.stop();
    },
    dependency: {
      name: 'kafka',
      check: async () => {
        if (!running) throw new Error('the consumer has not started');
        await running.check();
      },
    },
  };
}
