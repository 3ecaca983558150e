import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import type { RecordMetadata } from 'kafkajs';
import { acknowledged } from './acknowledged.ts';

const require = createRequire(import.meta.url);
/** kafkajs's own sending, without a broker: what is shown here is its behaviour, not a copy of it. */
const sendMessages = require('kafkajs/src/producer/sendMessages.js') as (
  world: object,
) => (batch: object) => Promise<RecordMetadata[]>;

const TOPIC = 'seams.orders.v1';
const PARTITIONS = [0, 1];
const messages = PARTITIONS.map((partition) => ({ key: `key-${partition}`, value: Buffer.from('x'), partition }));

interface Produced {
  readonly topicData: readonly {
    readonly topic: string;
    readonly partitions: readonly { readonly partition: number }[];
  }[];
}

/** Two brokers, each leads one partition. While the second is asked, its partition moves to the first, if `moves`. */
function twoBrokers({ moves }: { moves: boolean }) {
  const leaders = new Map([
    [0, 1],
    [1, 2],
  ]);
  const got: string[] = [];
  const take = (nodeId: number, { topicData }: Produced) => {
    const places = topicData.flatMap(({ topic, partitions }) =>
      partitions.map(({ partition }) => ({ topic, partition })),
    );
    got.push(...places.map(({ partition }) => `${nodeId} takes ${partition}`));
    return { topics: [{ topicName: TOPIC, partitions: places.map(({ partition }) => ({ partition, errorCode: 0 })) }] };
  };
  const brokers = [1, 2].map((nodeId) => ({
    nodeId,
    produce: async (request: Produced) => {
      if (nodeId === 2 && moves) {
        // After the first has answered, as it was seen.
        await new Promise(setImmediate);
        leaders.set(1, 1);
        throw Object.assign(new Error('not the leader'), { type: 'NOT_LEADER_FOR_PARTITION', retriable: true });
      }
      return take(nodeId, request);
    },
  }));
  const nothing = async (): Promise<void> => {};
  const cluster = {
    addMultipleTargetTopics: nothing,
    refreshMetadata: nothing,
    refreshMetadataIfNecessary: nothing,
    isConnected: () => true,
    findTopicPartitionMetadata: () => PARTITIONS.map((partitionId) => ({ partitionId })),
    findLeaderForPartitions: (_: string, partitions: readonly string[]) =>
      Object.groupBy(partitions.map(Number), (partition) => String(leaders.get(partition))),
    findBroker: async ({ nodeId }: { nodeId: string }) => brokers.find((broker) => broker.nodeId === Number(nodeId)),
  };
  const eosManager = {
    acquireBrokerLock: nothing,
    releaseBrokerLock: nothing,
    isTransactional: () => false,
    getSequence: () => 0,
    updateSequence: () => {},
    getProducerId: () => 1,
    getProducerEpoch: () => 0,
  };
  const retrier = async (
    work: (bail: (error: Error) => never) => Promise<RecordMetadata[]>,
  ): Promise<RecordMetadata[]> => {
    const bail = (error: Error): never => {
      throw error;
    };
    try {
      return await work(bail);
    } catch {
      return work(bail);
    }
  };
  const logger = { debug: () => {}, error: () => {} };
  const { partitioner, check } = acknowledged();
  const send = sendMessages({ logger, cluster, eosManager, retrier, partitioner: partitioner() });
  return {
    got,
    check,
    send: () => send({ acks: -1, topicMessages: [{ topic: TOPIC, messages }] }),
  };
}

describe('a send to two brokers', () => {
  it('is good when the answers name every partition that messages went to', async () => {
    const { send, check, got } = twoBrokers({ moves: false });
    const answers = await send();
    expect(got).toEqual(['1 takes 0', '2 takes 1']);
    expect(() => check([{ topic: TOPIC, messages }], answers)).not.toThrow();
  });

  it('of which one partition moved to the broker that had answered: kafkajs resolves without its messages, and we do not', async () => {
    const { send, check, got } = twoBrokers({ moves: true });
    const answers = await send();
    expect(got).toEqual(['1 takes 0']);
    expect(() => check([{ topic: TOPIC, messages }], answers)).toThrow(
      'Kafka acknowledged nothing for seams.orders.v1/1: 1 messages',
    );
  });

  it('is not good when an answer names a partition with an error', async () => {
    const { send, check } = twoBrokers({ moves: false });
    const answers = (await send()).map((answer) => ({ ...answer, errorCode: answer.partition === 1 ? 7 : 0 }));
    expect(() => check([{ topic: TOPIC, messages }], answers)).toThrow('seams.orders.v1/1');
  });
});
