/**
 * Makes the topics of topology.ts. Run as a program (`node topics.ts <broker>`) it is how the runner does it:
 * the Kafka client stays out of the runner's memory.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import { type Topic, topics as topicsOfTopology } from '../../topology.ts';

const MAKE_MS_MAX = 30_000;
const POLL_MS = 100;

/** Safe to repeat. Partitions are only ever added: Kafka cannot take one away. */
export async function ensureTopics(brokers: readonly string[], topics: Readonly<Record<string, Topic>>): Promise<void> {
  const kafka = new Kafka({ clientId: 'seams-tools', brokers: [...brokers], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  try {
    const existing = new Set(await admin.listTopics());
    const missing = Object.entries(topics).filter(([name]) => !existing.has(name));
    if (missing.length > 0)
      await untilBrokerIsKnown(() => admin.createTopics({ waitForLeaders: true, topics: missing.map(toKafka) }));

    const present = Object.entries(topics).filter(([name]) => existing.has(name));
    if (present.length > 0) await grow(admin, present);
  } finally {
    await admin.disconnect();
  }
}

const toKafka = ([topic, { partitions, retentionMs }]: [string, Topic]) => ({
  topic,
  numPartitions: partitions,
  replicationFactor: 1,
  configEntries: [{ name: 'retention.ms', value: String(retentionMs) }],
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
  const giveUpAt = Date.now() + MAKE_MS_MAX;
  for (;;) {
    try {
      await create();
      return;
    } catch (error) {
      const unknownYet = typesOf(error).every((type) => type === 'INVALID_REPLICATION_FACTOR');
      if (!unknownYet || Date.now() > giveUpAt) throw error;
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
  const broker = process.argv[2];
  if (!broker) throw new Error('name the broker: node topics.ts 127.0.0.1:19092');
  await ensureTopics([broker], topicsOfTopology);
}
