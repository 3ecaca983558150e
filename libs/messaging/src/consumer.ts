import { setTimeout as sleep } from 'node:timers/promises';
import { type CallContext, Failure, rootContext } from '@seams/call';
import { inSpan, SpanKind } from '@seams/telemetry';
import type { EachMessagePayload } from 'kafkajs';
import { type ConsumerFaults, createConsumerFaults } from './consumer-faults.ts';
import { incoming } from './incoming.ts';
import { type KafkaOptions, kafkaOf, oneAnswer } from './kafka.ts';
import { carrierOf, HEADER, type IncomingMessage, sendable } from './message.ts';
import type { Publisher } from './publisher.ts';

/** What became of a message. Every word but `unreadable` means that its effect is there, once. */
export type Outcome = 'done' | 'seen_before' | { readonly unreadable: string };

export interface ConsumerOptions extends KafkaOptions {
  readonly groupId: string;
  readonly topic: string;
  /** Where unreadable messages go, with the reason; the partition goes on. */
  readonly deadLetterTopic: string;
  readonly deadLetters: Publisher;
  /** Whether records may carry faults (Seams-Fault): only where SEAMS_LABS=on. */
  readonly labs: boolean;
  /** What a fault plan calls this consumer: its operations are `<callee>.<EventType>`. */
  readonly callee: string;
  /** The effect and its mark must be one transaction: Kafka delivers at least once. A throw means "try again later". */
  handle(ctx: CallContext, message: IncomingMessage): Promise<Outcome>;
}

export interface RunningConsumer {
  /** Resolves while the consumer is a member of its group; rejects otherwise. */
  check(): Promise<void>;
  stop(): Promise<void>;
}

const HANDLE_MS_MAX = 5_000;
const RETRY_FIRST_MS = 100;
const RETRY_LAST_MS = 5_000;
// The least that a broker allows by default (group.min.session.timeout.ms): after a kill another member takes over then.
const SESSION_MS = 6_000;
const HEARTBEAT_MS = 1_500;
// kafkajs goes through all its retries before it stops, seconds with a broker that refuses and more with one that is
// silent. Nothing is lost by not waiting: the group misses the member after SESSION_MS, and what was in hand comes again.
const STOP_MS_MAX = 3_000;
const PARTITIONS_AT_ONCE = 3;
// How long the broker holds a question while there is nothing to give; a stop waits for its end. kafkajs's 5 s made
// each SIGTERM take up to 5 s. A message is answered at once all the same.
const IDLE_POLL_MS = 500;

/** Consumes a topic from its first message on, for ever: a failing handler holds its partition and is tried again. */
export async function startConsumer(options: ConsumerOptions): Promise<RunningConsumer> {
  const stopping = new AbortController();
  const consumer = kafkaOf(options).consumer({
    groupId: options.groupId,
    sessionTimeout: SESSION_MS,
    heartbeatInterval: HEARTBEAT_MS,
    maxWaitTimeInMs: IDLE_POLL_MS,
    allowAutoTopicCreation: false,
    retry: { restartOnFailure: async () => !stopping.signal.aborted },
  });
  let member = false;
  consumer.on(consumer.events.GROUP_JOIN, () => {
    member = true;
  });
  for (const event of [consumer.events.CRASH, consumer.events.DISCONNECT, consumer.events.STOP]) {
    consumer.on(event, () => {
      member = false;
    });
  }
  const faults = createConsumerFaults(options);
  const start = async (): Promise<void> => {
    await oneAnswer(options);
    await consumer.connect();
    await consumer.subscribe({ topics: [options.topic], fromBeginning: true });
    await consumer.run({
      partitionsConsumedConcurrently: PARTITIONS_AT_ONCE,
      eachMessage: (payload) => takeUntilDone({ options, faults }, payload, stopping.signal),
    });
  };
  const started = retrying(start, stopping.signal, (error) => {
    options.log.warn({ error: String(error) }, 'the consumer could not start');
  });
  return {
    check: async () => {
      if (!member) throw new Error('not a member of its consumer group');
    },
    stop: async () => {
      stopping.abort();
      const left = started
        .catch((error: unknown) => options.log.warn({ error: String(error) }, 'the consumer never started'))
        .then(() => consumer.disconnect())
        .then(() => true);
      const inTime = await Promise.race([left, sleep(STOP_MS_MAX, false, { ref: false })]);
      if (!inTime) options.log.warn({ ms: STOP_MS_MAX }, 'the consumer is left as it is: no broker answers');
    },
  };
}

/** Tries until the message has its effect or is set aside. kafkajs itself would give up after some tries. */
async function takeUntilDone(
  { options, faults }: { options: ConsumerOptions; faults: ConsumerFaults },
  payload: EachMessagePayload,
  signal: AbortSignal,
): Promise<void> {
  const message = incoming(payload.topic, payload.partition, payload.message);
  const lab = faults.labOf(message);
  const { heartbeat } = payload;
  // The handler is told what it does without, and no faults: one that struck at each try would hold the partition.
  const without = lab.without ? { without: lab.without } : {};
  const handle = (): Promise<Outcome> =>
    options.handle({ ...rootContext({ atMostMs: HANDLE_MS_MAX, signal }), ...without }, message);
  let failed = false;
  const take = (): Promise<void> =>
    inSpan(`${message.topic} process`, spanOf(options, message), async (span) => {
      try {
        const outcome = await faults.handleWithFaults({ message, lab, signal, handle, heartbeat });
        span.setAttribute('message.outcome', typeof outcome === 'string' ? outcome : 'unreadable');
        if (typeof outcome !== 'string') await setAside(options, message, outcome.unreadable);
        // One that is counted at once leaves its span and no line, else a spike would be written down twice.
        else if (failed || outcome === 'seen_before') options.log.info({ ...placeOf(message), outcome }, 'taken');
      } catch (error) {
        failed = true;
        const { kind, reason } = Failure.from(error);
        const fields = { ...placeOf(message), kind, reason, error: String(error) };
        // In the span, so that the line belongs to the request that caused the message.
        if (!signal.aborted) options.log.warn(fields, 'a message is tried again');
        throw error;
      }
    });
  await retrying(take, signal, payload.heartbeat);
}

const placeOf = ({ topic, partition, offset }: IncomingMessage) => ({ topic, partition, offset });

async function setAside(options: ConsumerOptions, message: IncomingMessage, reason: string): Promise<void> {
  await options.deadLetters.publish([deadLetterOf(options, message, reason)]);
  options.log.error({ ...placeOf(message), reason }, 'an unreadable message was set aside');
}

function deadLetterOf({ deadLetterTopic, groupId }: ConsumerOptions, message: IncomingMessage, reason: string) {
  const origin = `${message.topic}/${message.partition}/${message.offset}`;
  return {
    topic: deadLetterTopic,
    key: message.key ?? origin,
    value: message.value ?? Buffer.alloc(0),
    headers: {
      ...sendable(message.headers),
      'dead-letter-reason': reason,
      'dead-letter-origin': origin,
      'dead-letter-group': groupId,
    },
  };
}

function spanOf({ groupId }: ConsumerOptions, message: IncomingMessage) {
  return {
    kind: SpanKind.CONSUMER,
    parent: carrierOf(message.headers),
    attributes: {
      'messaging.system': 'kafka',
      'messaging.destination.name': message.topic,
      'messaging.destination.partition.id': String(message.partition),
      'messaging.kafka.offset': Number(message.offset),
      'messaging.consumer.group.name': groupId,
      'messaging.message.id': message.headers[HEADER.eventId] ?? '',
    },
  };
}

async function retrying(
  work: () => Promise<void>,
  signal: AbortSignal,
  failed: (error: unknown) => void | Promise<void>,
): Promise<void> {
  for (let backoffMs = RETRY_FIRST_MS; ; backoffMs = Math.min(backoffMs * 2, RETRY_LAST_MS)) {
    try {
      return await work();
    } catch (error) {
      if (signal.aborted) throw error;
      await failed(error);
    }
    await sleep(backoffMs, undefined, { signal });
  }
}
