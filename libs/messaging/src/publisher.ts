import { Partitioners, type Producer } from 'kafkajs';
import { type KafkaOptions, kafkaOf, oneAnswer } from './kafka.ts';
import type { OutgoingMessage } from './message.ts';

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

const ACKS_ALL = -1;

/**
 * An idempotent producer behind a small port. It connects when first used, and after a failure it starts over with a
 * new one: kafkajs keeps the old sequence numbers, which the broker would refuse for ever (OUT_OF_ORDER_SEQUENCE).
 */
export function openPublisher(options: KafkaOptions): Publisher {
  const kafka = kafkaOf(options);
  let current: Promise<Producer> | undefined;

  const connected = (): Promise<Producer> => {
    current ??= connect().catch((error: unknown) => {
      current = undefined;
      throw error;
    });
    return current;
  };
  const connect = async (): Promise<Producer> => {
    const producer = kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner, // it is the default; named, or each process warns about it
    });
    await producer.connect();
    return producer;
  };
  const discard = async (): Promise<void> => {
    const broken = current;
    current = undefined;
    await (await broken)?.disconnect().catch((error: unknown) => {
      options.log.warn({ error: String(error) }, 'a broken producer did not close');
    });
  };

  return {
    publish: async (messages) => {
      const producer = await connected();
      try {
        await producer.sendBatch({ acks: ACKS_ALL, topicMessages: byTopic(messages) });
      } catch (error) {
        await discard();
        throw error;
      }
    },
    ping: async () => {
      await oneAnswer(options);
      await connected();
    },
    close: discard,
  };
}

type TopicMessages = { topic: string; messages: { key: string; value: Buffer; headers: Record<string, string> }[] };

function byTopic(messages: readonly OutgoingMessage[]): TopicMessages[] {
  const topics = new Map<string, TopicMessages>();
  for (const { topic, key, value, headers } of messages) {
    const batch = topics.get(topic) ?? { topic, messages: [] };
    batch.messages.push({ key, value, headers: { ...headers } });
    topics.set(topic, batch);
  }
  return [...topics.values()];
}
