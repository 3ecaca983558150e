import type { Background, Dependency } from '@seams/lifecycle';
import { type ConsumerOptions, type RunningConsumer, startConsumer } from '@seams/messaging';
import { measure } from '@seams/telemetry';

/** The topic's consumer as background work, and what it says of itself as a dependency. */
export function ordersConsumer(options: ConsumerOptions): Background & { readonly dependency: Dependency } {
  let running: RunningConsumer | undefined;
  let consumed = 0;
  measure(
    { seams_consumed_events: { kind: 'counter', unit: '{event}', description: 'Worked off, however that ended.' } },
    () => ({ seams_consumed_events: consumed }),
  );
  const handle: ConsumerOptions['handle'] = async (...message) => {
    const word = await options.handle(...message);
    consumed += 1;
    return word;
  };
  return {
    // Resolves at once: the consumer connects by itself as soon as there is a broker.
    start: async () => {
      running = await startConsumer({ ...options, handle });
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
