/**
 * Whether Kafka took every message of a send. kafkajs 2.2.4 says yes when it did not: a send goes to several brokers at
 * once, and when one of them refuses because a partition moved to another that has answered already, the repetition
 * leaves that one out, and with it the partition's messages (src/producer/sendMessages.js; one broker never shows it).
 * Seen on three brokers that were short of CPU: events marked as published that no reader ever got. So it is checked which
 * partitions the answers name, and what is missing is a send that failed.
 */
import { type ICustomPartitioner, Partitioners, type RecordMetadata } from 'kafkajs';

export interface Sent {
  readonly topic: string;
  readonly messages: readonly object[];
}

export interface Acknowledged {
  /** The default one, which also notes where each message goes. */
  readonly partitioner: ICustomPartitioner;
  /** @throws Error when a message went to a partition that no answer names */
  check(sent: readonly Sent[], answers: readonly RecordMetadata[]): void;
}

export function acknowledged(): Acknowledged {
  const partitionOf = new WeakMap<object, number>();
  return {
    partitioner: () => {
      const choose = Partitioners.DefaultPartitioner();
      return (args) => {
        const partition = choose(args);
        partitionOf.set(args.message, partition);
        return partition;
      };
    },
    check: (sent, answers) => {
      const taken = new Set(
        answers
          .filter(({ errorCode }) => errorCode === 0)
          .map(({ topicName, partition }) => `${topicName}/${partition}`),
      );
      const missing = sent.flatMap(({ topic, messages }) =>
        messages.map((message) => `${topic}/${partitionOf.get(message)}`).filter((place) => !taken.has(place)),
      );
      if (missing.length > 0)
        throw new Error(
          `Kafka acknowledged nothing for ${[...new Set(missing)].sort().join(', ')}: ${missing.length} messages`,
        );
    },
  };
}
