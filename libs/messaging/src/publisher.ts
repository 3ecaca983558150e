import { type KafkaOptions, oneAnswer } from './kafka.ts';
import type { OutgoingMessage } from './message.ts';
import { replaceableProducer } from './producer.ts';

export interface Publisher {
  /**
   * Resolves once every message is on all in-sync replicas. Rejects when that is not known: some may be there, so
   * whoever publishes must publish again, and whoever consumes must expect doubles.
   */
  publish(messages: readonly OutgoingMessage[]): Promise<void>;
  /** Resolves when a broker answers, and leaves the producer connected: the first message should not wait for that. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** An idempotent producer behind a small port. */
export function openPublisher(options: KafkaOptions): Publisher {
  const producers = replaceableProducer(options);
  return {
    publish: async (messages) => {
      await producers.use((producer) => producers.sendAll(producer, messages));
    },
    ping: async () => {
      await oneAnswer(options);
      await producers.connected();
    },
    close: producers.discard,
  };
}
