import type { Background, Dependency } from '@seams/lifecycle';
import { type ConsumerOptions, type RunningConsumer, startConsumer } from '@seams/messaging';
import { measure } from '@seams/telemetry';

/** The topic's consumer as background work, and what it says of itself as a dependency. */
export function ordersConsumer(options: ConsumerOptions): Background & { readonly dependency: Dependency } {
  let running: RunningConsumer | undefined;
  let consumed = 0;
  let delayMs = 0;
  measure(
    {
      seams_consumed_events: { kind: 'counter', unit: '{event}', description: 'Worked off, however that ended.' },
      seams_consumed_delay_seconds: {
        kind: 'counter',
        unit: 's',
        description: 'From being published to being worked off, of those together.',
      },
    },
    () => ({ seams_consumed_events: consumed, seams_consumed_delay_seconds: delayMs / 1_000 }),
  );
  const handle: ConsumerOptions['handle'] = async (ctx, message) => {
    const word = await options.handle(ctx, message);
    consumed += 1;
    // Two machines' clocks: one that is ahead must not make the sum fall.
    delayMs += Math.max(0, Date.now() - message.publishedAtMs);
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
