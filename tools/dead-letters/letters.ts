/** What a dead letter says, and what became of it: decisions over records, no broker. */
import type { Headers, TopicRecord } from './topic.ts';

export interface Place {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

/** One message that a consumer group set aside. */
export interface Letter {
  readonly origin: Place;
  readonly reason: string;
  /** The consumer group that could not read it. */
  readonly group: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly traceId: string;
  /** Null when the message had none: the consumer then put the origin there. */
  readonly key: string | null;
  readonly bytes: number;
  /** When it was set aside. */
  readonly timeMs: number;
  readonly record: TopicRecord;
  /** The origin of which this message is a replay. */
  readonly replayOf: string | null;
}

export type Verdict = 'waiting' | 'taken' | 'set_aside_again';

export interface Replay {
  readonly place: Place;
  readonly verdict: Verdict;
}

export const REPLAYED_FROM = 'replayed-from';
const DEAD_LETTER = /^dead-letter-/i;

export const textOf = ({ topic, partition, offset }: Place): string => `${topic}/${partition}/${offset}`;

/** @returns undefined for a text that names no place */
export function placeOf(text: string): Place | undefined {
  const [, topic, partition, offset] = /^([A-Za-z0-9._-]{1,249})\/(\d{1,9})\/(\d{1,18})$/.exec(text) ?? [];
  if (topic === undefined || partition === undefined || offset === undefined) return undefined;
  return { topic, partition: Number(partition), offset: BigInt(offset) };
}

export function headerOf(headers: Headers, name: string): string {
  const value = headers[name];
  return String((Array.isArray(value) ? value[0] : value) ?? '');
}

/** @returns undefined for a record that no consumer of ours set aside: it does not say where it came from */
export function letterOf(record: TopicRecord): Letter | undefined {
  const header = (name: string): string => headerOf(record.headers, name);
  const origin = placeOf(header('dead-letter-origin'));
  if (!origin) return undefined;
  const key = record.key?.toString() ?? null;
  return {
    origin,
    reason: header('dead-letter-reason'),
    group: header('dead-letter-group'),
    eventId: header('event-id'),
    eventType: header('event-type'),
    traceId: header('traceparent').split('-')[1] ?? '',
    key: key === textOf(origin) ? null : key,
    bytes: record.value?.length ?? 0,
    timeMs: record.timeMs,
    record,
    replayOf: header(REPLAYED_FROM) || null,
  };
}

/** One letter per message and group: a consumer that was killed after setting a message aside does it again. */
export function lettersOf(records: readonly TopicRecord[]): { letters: Letter[]; foreign: number } {
  const letters = new Map<string, Letter>();
  let foreign = 0;
  for (const record of records) {
    const letter = letterOf(record);
    if (!letter) foreign++;
    else if (!letters.has(nameOf(letter))) letters.set(nameOf(letter), letter);
  }
  return { letters: [...letters.values()], foreign };
}

const nameOf = ({ origin, group }: Letter): string => `${textOf(origin)} ${group}`;

/** Where reading a topic must begin to find each letter's message and all its replays: those come behind it. */
export function startsOf(letters: readonly Letter[], topic: string): Map<number, bigint> {
  const starts = new Map<number, bigint>();
  for (const { origin } of letters.filter((letter) => letter.origin.topic === topic)) {
    const known = starts.get(origin.partition);
    if (known === undefined || origin.offset < known) starts.set(origin.partition, origin.offset);
  }
  return starts;
}

/** @param committed the offset that the group takes next in that partition */
export function verdictOf(place: Place, group: string, letters: readonly Letter[], committed: bigint): Verdict {
  const again = letters.some((letter) => letter.group === group && textOf(letter.origin) === textOf(place));
  if (again) return 'set_aside_again';
  return committed > place.offset ? 'taken' : 'waiting';
}

export interface Republished {
  readonly partition: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Record<string, Buffer | string | (Buffer | string)[]>;
}

/** kafkajs 2.2.4 throws at a header without a value. */
const orEmpty = (value: Buffer | string | null | undefined): Buffer | string => value ?? '';

/**
 * The message as it first came, from the origin topic while it is kept there, else from its copy, whose key, value and
 * headers went through text. To the partition where it was: the other messages of its key are there.
 */
export function republished({ origin, key, record }: Letter, original: TopicRecord | undefined): Republished {
  const source = original ?? { ...record, key: key === null ? null : record.key };
  const headers: Republished['headers'] = {};
  for (const [name, value] of Object.entries(source.headers)) {
    if (!DEAD_LETTER.test(name)) headers[name] = Array.isArray(value) ? value.map(orEmpty) : orEmpty(value);
  }
  headers[REPLAYED_FROM] = textOf(origin);
  return { partition: origin.partition, key: source.key, value: source.value, headers };
}
