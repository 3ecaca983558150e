import type { Producer, ProducerConfig, RecordMetadata } from 'kafkajs';
import { acknowledged } from './acknowledged.ts';
import { type KafkaOptions, kafkaOf } from './kafka.ts';
import type { OutgoingMessage } from './message.ts';

/** One producer at a time, connected when first used, and thrown away once it failed. */
export interface ReplaceableProducer {
  connected(): Promise<Producer>;
  /**
   * Runs `work` with the producer. After a failure the next one starts over: kafkajs keeps the old sequence numbers,
   * which the broker would refuse for ever (OUT_OF_ORDER_SEQUENCE).
   */
  use<T>(work: (producer: Producer) => Promise<T>): Promise<T>;
  /** Resolves when every message is acknowledged; by the producer, or by a transaction of it. */
  sendAll(by: Sender, messages: readonly OutgoingMessage[]): Promise<void>;
  discard(): Promise<void>;
}

export interface Sender {
  sendBatch(batch: ReturnType<typeof batchOf>): Promise<RecordMetadata[]>;
}

export function replaceableProducer(options: KafkaOptions, config: ProducerConfig = {}): ReplaceableProducer {
  const kafka = kafkaOf(options);
  const partitions = acknowledged();
  let current: Promise<Producer> | undefined;

  const connect = async (): Promise<Producer> => {
    const producer = kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: partitions.partitioner,
      ...config,
    });
    await producer.connect();
    return producer;
  };
  const connected = (): Promise<Producer> => {
    current ??= connect().catch((error: unknown) => {
      current = undefined;
      throw error;
    });
    return current;
  };
  const discard = async (): Promise<void> => {
    const broken = current;
    current = undefined;
    await (await broken)?.disconnect().catch((error: unknown) => {
      options.log.warn({ error: String(error) }, 'a broken producer did not close');
    });
  };
  return {
    connected,
    discard,
    sendAll: async (by, messages) => {
      const batch = batchOf(messages);
      partitions.check(batch.topicMessages, await by.sendBatch(batch));
    },
    use: async (work) => {
      const producer = await connected();
      try {
        return await work(producer);
      } catch (error) {
        await discard();
        throw error;
      }
    },
  };
}

type TopicMessages = { topic: string; messages: { key: string; value: Buffer; headers: Record<string, string> }[] };

/** What both kinds of publishers send: acknowledged by all in-sync replicas. */
function batchOf(messages: readonly OutgoingMessage[]): { acks: number; topicMessages: TopicMessages[] } {
  const topics = new Map<string, TopicMessages>();
  for (const { topic, key, value, headers } of messages) {
    const batch = topics.get(topic) ?? { topic, messages: [] };
    batch.messages.push({ key, value, headers: { ...headers } });
    topics.set(topic, batch);
  }
  return { acks: ACKS_ALL, topicMessages: [...topics.values()] };
}

const ACKS_ALL = -1;
