import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CallContext, FAILURES, Failure, rootContext } from '@seams/call';
import type { Admin, Consumer } from 'kafkajs';
import { incoming } from './incoming.ts';
import { type KafkaOptions, kafkaOf, oneAnswer } from './kafka.ts';
import type { IncomingMessage } from './message.ts';

export interface LogReaderOptions extends KafkaOptions {
  readonly topic: string;
  /** Ends the reading, which then fails. */
  readonly signal: AbortSignal;
  /** Must be repeatable: after a broken session everything comes again. A failure that may pass is tried again. */
  handle(ctx: CallContext, message: IncomingMessage): Promise<void>;
}

/** Reads a topic from its first message on, beside its consumers: commits nothing, and its group goes with it. */
export interface LogReader {
  /** About how many messages there were at the start: the markers of transactions take offsets too. */
  readonly messagesAbout: number;
  /** Resolves when everything is handled that was in the log at the call. */
  toEnd(): Promise<void>;
  /** Resolves when nothing is in hand. Nothing is taken up until resume(). */
  pause(): Promise<void>;
  resume(): void;
  /** The next offset of each partition that a group of consumers has committed: what lies before is behind it. */
  committedBy(groupId: string): Promise<ReadonlyMap<number, bigint>>;
  stop(): Promise<void>;
}

const HANDLE_MS_MAX = 5_000;
const HANDLE_ATTEMPTS_MAX = 6;
const RETRY_FIRST_MS = 100;
// It is alone in its group, so nobody waits for its partitions; a stall of 6 s must not make it begin again.
const SESSION_MS = 30_000;
const HEARTBEAT_MS = 3_000;
const IDLE_POLL_MS = 200;
const PARTITIONS_AT_ONCE = 6;
// The end may lie behind a transaction that its dead producer left open: the broker ends it after 60 s at most.
const STALL_MS_MAX = 90_000;

export async function openLogReader(options: LogReaderOptions): Promise<LogReader> {
  await oneAnswer(options);
  const kafka = kafkaOf(options);
  const admin = kafka.admin();
  const groupId = `${options.clientId}-${randomUUID()}`;
  const consumer = kafka.consumer({
    groupId,
    sessionTimeout: SESSION_MS,
    heartbeatInterval: HEARTBEAT_MS,
    maxWaitTimeInMs: IDLE_POLL_MS,
    allowAutoTopicCreation: false,
    retry: { restartOnFailure: async () => false },
  });
  await admin.connect();
  const ends = await endsOf(admin, options.topic);
  const gate = gateOf();
  const progress = progressOf(options.signal);
  await consumer.connect();
  await consume(consumer, options, { gate, progress });
  return {
    messagesAbout: ends.reduce((sum, { low, high }) => sum + Number(high - low), 0),
    toEnd: async () => progress.reached(await endsOf(admin, options.topic)),
    pause: () => gate.close(),
    resume: () => gate.open(),
    committedBy: async (group) => {
      const [topic] = await admin.fetchOffsets({ groupId: group, topics: [options.topic] });
      return new Map(topic?.partitions.map(({ partition, offset }) => [partition, BigInt(offset)]));
    },
    stop: async () => {
      gate.open();
      progress.fail(new Error('the reading was stopped'));
      await consumer.disconnect();
      await admin.deleteGroups([groupId]).catch((error: unknown) => {
        // Kafka forgets an empty group without offsets by itself, within minutes.
        options.log.warn({ groupId, error: String(error) }, 'the group of a finished reading is left behind');
      });
      await admin.disconnect();
    },
  };
}

interface End {
  readonly partition: number;
  readonly low: bigint;
  readonly high: bigint;
}

async function endsOf(admin: Admin, topic: string): Promise<End[]> {
  const offsets = await admin.fetchTopicOffsets(topic);
  const ends = offsets.map(({ partition, low, high }) => ({ partition, low: BigInt(low), high: BigInt(high) }));
  return ends.filter(({ low, high }) => low < high);
}

async function consume(
  consumer: Consumer,
  options: LogReaderOptions,
  { gate, progress }: { gate: Gate; progress: Progress },
): Promise<void> {
  const { topic } = options;
  consumer.on(consumer.events.CRASH, ({ payload }) => progress.fail(payload.error));
  // A batch of nothing but markers of transactions, or of aborted messages, never reaches eachBatch. Yet it may be the
  // last of its partition, and then no message ever has the offset before the end.
  consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload: { partition, batchSize, lastOffset } }) => {
    if (batchSize === 0) progress.passed(partition, BigInt(lastOffset));
  });
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    partitionsConsumedConcurrently: PARTITIONS_AT_ONCE,
    eachBatch: async ({ batch, heartbeat, isRunning }) => {
      for (const message of batch.messages) {
        if (!isRunning()) return;
        await gate
          .through(() => handled(options, incoming(topic, batch.partition, message)))
          .catch((error: unknown) => {
            progress.fail(error);
            throw error;
          });
        await heartbeat();
      }
      progress.passed(batch.partition, BigInt(batch.lastOffset()));
    },
  });
}

async function handled(options: LogReaderOptions, message: IncomingMessage): Promise<void> {
  const { signal } = options;
  for (let attempts = 1; ; attempts++) {
    try {
      return await options.handle(rootContext({ atMostMs: HANDLE_MS_MAX, signal }), message);
    } catch (error) {
      const { kind } = Failure.from(error);
      if (signal.aborted || attempts === HANDLE_ATTEMPTS_MAX || FAILURES[kind].retry === 'never') throw error;
      options.log.warn({ offset: message.offset, partition: message.partition, kind }, 'a message is tried again');
    }
    await sleep(RETRY_FIRST_MS * 2 ** attempts, undefined, { signal });
  }
}

interface Progress {
  /** Everything up to this offset is handled. */
  passed(partition: number, offset: bigint): void;
  fail(error: unknown): void;
  reached(ends: readonly End[]): Promise<void>;
}

function progressOf(signal: AbortSignal): Progress {
  const nextOf = new Map<number, bigint>();
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => undefined); // told to whoever waits, now or later
  signal.addEventListener('abort', () => failed.reject(new Error('it was told to stop')), { once: true });
  let moved = Promise.withResolvers<void>();
  return {
    passed: (partition, offset) => {
      // After a broken session the log is read again from its start: what was handled stays handled.
      if (offset >= (nextOf.get(partition) ?? 0n)) nextOf.set(partition, offset + 1n);
      moved.resolve();
      moved = Promise.withResolvers();
    },
    fail: (error) => failed.reject(error),
    reached: async (ends) => {
      const missing = () => ends.filter(({ partition, high }) => (nextOf.get(partition) ?? 0n) < high);
      while (missing().length > 0) {
        const stalled = new AbortController();
        const late = sleep(STALL_MS_MAX, true, { signal: stalled.signal }).catch(() => false);
        const isLate = await Promise.race([moved.promise, failed.promise, late]).finally(() => stalled.abort());
        if (isLate) throw new Error(`Kafka gave nothing for ${STALL_MS_MAX / 1_000} s, before the end of the log`);
      }
    },
  };
}

interface Gate {
  through<T>(work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
  open(): void;
}

function gateOf(): Gate {
  let opened: PromiseWithResolvers<void> | undefined;
  const inHand = new Set<Promise<unknown>>();
  return {
    through: async (work) => {
      while (opened) await opened.promise;
      const working = work();
      inHand.add(working);
      return working.finally(() => inHand.delete(working));
    },
    close: async () => {
      opened ??= Promise.withResolvers();
      await Promise.allSettled(inHand);
    },
    open: () => {
      opened?.resolve();
      opened = undefined;
    },
  };
}
