/** The broker's side of dead letters: reads them with what became of each, and publishes one again. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Admin, Kafka, logLevel, Partitioners } from 'kafkajs';
import { topics } from '../../topology.ts';
import { withAdmin } from '../kafka/read-log.ts';
import {
  headerOf,
  type Letter,
  lettersOf,
  type Place,
  placeOf,
  REPLAYED_FROM,
  type Replay,
  republished,
  startsOf,
  textOf,
  type Verdict,
  verdictOf,
} from './letters.ts';
import { readTopic, type TopicRecord } from './topic.ts';

const DEAD_LETTERS = 'seams.orders.v1.dead-letters';

export interface Found {
  readonly letter: Letter;
  /** The message itself, while its topic keeps it. */
  readonly original: TopicRecord | undefined;
  readonly replays: readonly Replay[];
}

export interface Sent {
  readonly letter: Letter;
  /** Where it is now. */
  readonly place: Place;
}

export interface Desk {
  /** Also how many records there are that no consumer of ours put there. */
  read(): Promise<{ found: Found[]; foreign: number }>;
  /** Where it is now. The broker has it on all in-sync replicas when this resolves. */
  publishAgain(found: Found): Promise<Place>;
  /** Waits until the groups have judged what was sent, in the order of `sent`. */
  judged(sent: readonly Sent[]): Promise<Verdict[]>;
}

const JUDGED_MS_MAX = 20_000;
const LOOK_EVERY_MS = 200;
const ACKS_ALL = -1;

export function openDesk(broker: string): Desk {
  const kafka = new Kafka({ clientId: 'npm-run-dead-letters', brokers: [broker], logLevel: logLevel.NOTHING });
  return {
    read: () => readAll(kafka),
    publishAgain: (found) => publishAgain(kafka, found),
    judged: (sent) => judged(kafka, sent),
  };
}

async function readAll(kafka: Kafka): Promise<{ found: Found[]; foreign: number }> {
  const { letters, foreign } = lettersOf(await readTopic(kafka, DEAD_LETTERS));
  const found: Found[] = [];
  for (const topic of new Set(letters.map(({ origin }) => origin.topic))) {
    const ofTopic = letters.filter(({ origin }) => origin.topic === topic);
    // A letter may name any topic; one that is not of this system is shown as it is, and no more is known of it.
    const records = isReplayable(topic) ? await readTopic(kafka, topic, startsOf(ofTopic, topic)) : [];
    const committed = await committedOf(kafka, topic, new Set(ofTopic.map(({ group }) => group)));
    const placeAt = ({ partition, offset }: TopicRecord): Place => ({ topic, partition, offset });
    const byPlace = new Map(records.map((record) => [textOf(placeAt(record)), record]));
    const replays = Map.groupBy(records, ({ headers }) => headerOf(headers, REPLAYED_FROM));
    for (const letter of ofTopic) {
      found.push({
        letter,
        original: byPlace.get(textOf(letter.origin)),
        replays: (replays.get(textOf(letter.origin)) ?? []).map((record) => {
          const place = placeAt(record);
          const next = committed.get(`${letter.group}/${record.partition}`) ?? -1n;
          return { place, verdict: verdictOf(place, letter.group, letters, next) };
        }),
      });
    }
  }
  return { found, foreign };
}

/** Back to a topic of this system only, and never to the dead letters themselves. */
export const isReplayable = (topic: string): boolean => topic !== DEAD_LETTERS && Object.hasOwn(topics, topic);

async function publishAgain(kafka: Kafka, { letter, original }: Found): Promise<Place> {
  const { topic } = letter.origin;
  if (!isReplayable(topic)) throw new Error(`${topic} is no topic that takes messages again`);
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  try {
    const message = republished(letter, original);
    const [sent] = await producer.send({ topic, acks: ACKS_ALL, messages: [message] });
    return { topic, partition: message.partition, offset: BigInt(sent?.baseOffset ?? -1) };
  } finally {
    await producer.disconnect();
  }
}

/** Waits for all of them together, then reads the dead letters once. */
async function judged(kafka: Kafka, sent: readonly Sent[]): Promise<Verdict[]> {
  const passed = new Set<Sent>();
  await withAdmin(kafka, async (admin) => {
    const giveUpAt = performance.now() + JUDGED_MS_MAX;
    while (passed.size < sent.length && performance.now() < giveUpAt) {
      for (const one of sent.filter((each) => !passed.has(each))) {
        const next = await nextOf(admin, one.letter.group, one.place.topic);
        if (next.some((each) => isBehind(each, one.place))) passed.add(one);
      }
      await sleep(LOOK_EVERY_MS);
    }
  });
  // A message is set aside before its offset is committed, so of those that passed the letter is there or never comes.
  const { letters } = lettersOf(await readTopic(kafka, DEAD_LETTERS));
  return sent.map((one) => {
    const next = passed.has(one) ? one.place.offset + 1n : -1n;
    return verdictOf(one.place, one.letter.group, letters, next);
  });
}

interface Next {
  readonly partition: number;
  readonly offset: bigint;
}

const isBehind = (next: Next, place: Place): boolean =>
  next.partition === place.partition && next.offset > place.offset;

async function nextOf(admin: Admin, groupId: string, topic: string): Promise<Next[]> {
  const [answer] = await admin.fetchOffsets({ groupId, topics: [topic] });
  return (answer?.partitions ?? []).map(({ partition, offset }) => ({ partition, offset: BigInt(offset) }));
}

/** By "group/partition". */
async function committedOf(kafka: Kafka, topic: string, groups: ReadonlySet<string>): Promise<Map<string, bigint>> {
  const committed = new Map<string, bigint>();
  if (!isReplayable(topic)) return committed;
  await withAdmin(kafka, async (admin) => {
    for (const group of groups) {
      for (const { partition, offset } of await nextOf(admin, group, topic))
        committed.set(`${group}/${partition}`, offset);
    }
  });
  return committed;
}

/** The place that a person named, whichever group could not read it. */
export function findLetter(found: readonly Found[], name: string): Found {
  if (!placeOf(name)) throw new Error(`an origin is topic/partition/offset as list shows it, not "${name}"`);
  const one = found.find(({ letter }) => textOf(letter.origin) === name);
  if (!one) throw new Error(`there is no dead letter of ${name}; list shows those there are`);
  return one;
}
