/**
 * Makes the topics of topology.ts. Run as a program (`node topics.ts BROKERS [REPLICAS MIN_INSYNC]`) it is how the runner
 * and the chart do it: the Kafka client stays out of the runner's memory.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import { type Topic, topics as topicsOfTopology } from '../../topology.ts';

const MAKE_MS_MAX = 30_000;
const POLL_MS = 100;

/** How many brokers keep a copy of a record, and how many must have it before it is acknowledged. */
export interface Copies {
  readonly replicas: number;
  readonly minInSync: number;
}

const ONE: Copies = { replicas: 1, minInSync: 1 };

/** Safe to repeat. Partitions are only ever added: Kafka cannot take one away. Copies are those of a topic's birth. */
export async function ensureTopics(
  brokers: readonly string[],
  topics: Readonly<Record<string, Topic>>,
  copies = ONE,
): Promise<void> {
  const kafka = new Kafka({ clientId: 'seams-tools', brokers: [...brokers], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  try {
    const existing = new Set(await admin.listTopics());
    const missing = Object.entries(topics).filter(([name]) => !existing.has(name));
    if (missing.length > 0)
      await untilBrokerIsKnown(() =>
        admin.createTopics({ waitForLeaders: true, topics: missing.map(toKafka(copies)) }),
      );

    const present = Object.entries(topics).filter(([name]) => existing.has(name));
    if (present.length > 0) await grow(admin, present);
  } finally {
    await admin.disconnect();
  }
}

const toKafka =
  ({ replicas, minInSync }: Copies) =>
  ([topic, { partitions, retentionMs }]: [string, Topic]) => ({
    topic,
    numPartitions: partitions,
    replicationFactor: replicas,
    configEntries: [
      { name: 'retention.ms', value: String(retentionMs) },
      { name: 'min.insync.replicas', value: String(minInSync) },
    ],
  });

async function grow(admin: ReturnType<Kafka['admin']>, topics: [string, Topic][]): Promise<void> {
  const { topics: found } = await admin.fetchTopicMetadata({ topics: topics.map(([name]) => name) });
  const partitionsOf = new Map(found.map(({ name, partitions }) => [name, partitions.length]));
  const tooSmall = topics.filter(([name, { partitions }]) => (partitionsOf.get(name) ?? 0) < partitions);
  if (tooSmall.length === 0) return;
  await admin.createPartitions({
    topicPartitions: tooSmall.map(([topic, { partitions }]) => ({ topic, count: partitions })),
  });
}

/** A broker that just answered may not yet be known to its controller, which then says that there is none to hold a replica. */
async function untilBrokerIsKnown(create: () => Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + MAKE_MS_MAX;
  for (;;) {
    try {
      await create();
      return;
    } catch (error) {
      const unknownYet = typesOf(error).every((type) => type === 'INVALID_REPLICATION_FACTOR');
      if (!unknownYet || performance.now() > giveUpAt) throw error;
      await sleep(POLL_MS);
    }
  }
}

/** kafkajs wraps the answers about single topics in one error, and exports none of its error classes to ESM. */
function typesOf(error: unknown): (string | undefined)[] {
  const { errors = [error] } = error as { errors?: unknown[] };
  return errors.map((cause) => (cause as { type?: string }).type);
}

if (import.meta.main) {
  const [brokers, replicas = '1', minInSync = '1'] = process.argv.slice(2);
  if (!brokers)
    throw new Error('name the brokers: node topics.ts 127.0.0.1:19092,127.0.0.1:19093 [REPLICAS MIN_INSYNC]');
  await ensureTopics(brokers.split(','), topicsOfTopology, {
    replicas: Number(replicas),
    minInSync: Number(minInSync),
  });
}
