/** Dead letters for people and for programs. Nothing of a message reaches the terminal as it came. */
import path from 'node:path';
import { loadSync } from '@grpc/proto-loader';
import type { Found } from './desk.ts';
import { type Replay, textOf } from './letters.ts';

const HEX_BYTES_MAX = 1_024;
const HEX_BYTES_PER_LINE = 16;
const CELL_MAX = 48;

const WORDS: Readonly<Record<Replay['verdict'], string>> = {
  waiting: 'not judged yet',
  taken: 'taken',
  set_aside_again: 'set aside again',
};

/** Control and invisible characters by their number: a message could otherwise move the cursor or hide a letter. */
export const printable = (text: string): string =>
  text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (one) => `\\u{${one.codePointAt(0)?.toString(16)}}`);

const cell = (text: string): string => {
  const safe = printable(text) || '-';
  return safe.length > CELL_MAX ? `${safe.slice(0, CELL_MAX - 1)}…` : safe;
};

export const wordsOf = ({ place, verdict }: Replay): string => `${textOf(place)}, ${WORDS[verdict]}`;

/** One line each, with a heading. */
export function tableOf(found: readonly Found[]): string {
  const head = ['ORIGIN', 'REASON', 'EVENT ID', 'TYPE', 'KEY', 'TRACE ID', 'BYTES', 'SET ASIDE AT', 'REPLAYED'];
  const rows = found.map(({ letter, replays }) => [
    textOf(letter.origin),
    cell(letter.reason),
    cell(letter.eventId),
    cell(letter.eventType),
    cell(letter.key ?? ''),
    cell(letter.traceId),
    String(letter.bytes),
    timeOf(letter.timeMs),
    replays.map(wordsOf).join('; ') || '-',
  ]);
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  return [head, ...rows]
    .map((row) =>
      row
        .map((text, n) => text.padEnd(widths[n] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** For programs: the same facts, names and values apart. */
export function jsonOf({ letter, replays }: Found) {
  const { eventId, eventType, traceId, reason, group, key, bytes, replayOf } = letter;
  return {
    origin: textOf(letter.origin),
    reason,
    group,
    eventId,
    eventType,
    key,
    traceId,
    bytes,
    setAsideAt: timeOf(letter.timeMs),
    replayOf,
    replays: replays.map(({ place, verdict }) => ({ place: textOf(place), verdict })),
  };
}

export const jsonWithContent = (found: Found) => ({
  ...jsonOf(found),
  headers: Object.fromEntries(headersOf(found)),
  payload: decoded(found) ?? null,
  payloadBase64: valueOf(found).toString('base64'),
});

export function pageOf(found: Found): string {
  const { letter, original, replays } = found;
  const facts: [string, string][] = [
    ['origin', textOf(letter.origin)],
    ['reason', printable(letter.reason)],
    ['set aside', `${timeOf(letter.timeMs)} by the consumer group ${printable(letter.group)}`],
    ['key', letter.key === null ? '(none)' : printable(letter.key)],
    ['trace', printable(letter.traceId) || '(none)'],
    ['replay of', letter.replayOf === null ? '-' : printable(letter.replayOf)],
    ['replayed', replays.map(wordsOf).join('; ') || '-'],
    ['shown from', original ? 'the origin topic' : 'the copy among the dead letters'],
  ];
  const payload = decoded(found);
  return [
    ...facts.map(([name, text]) => `${name.padEnd(12)}${text}`),
    'headers',
    ...headersOf(found).map(([name, text]) => `  ${printable(name)}: ${printable(text)}`),
    payload === undefined
      ? `payload, ${letter.bytes} bytes that are no ${printable(letter.eventType) || 'known type'}`
      : `payload, ${letter.bytes} bytes of ${printable(letter.eventType)}`,
    ...(payload === undefined ? hexLines(valueOf(found)) : jsonLines(payload)),
  ].join('\n');
}

const headersOf = ({ letter }: Found): [string, string][] =>
  Object.entries(letter.record.headers).map(([name, value]) => [name, String(value ?? '')]);

const valueOf = ({ letter, original }: Found): Buffer => (original ?? letter.record).value ?? Buffer.alloc(0);

/** By its type, when protos/ has that and the bytes are such a message. */
function decoded(found: Found): object | undefined {
  const definitions = loadSync('seams/events/v1/events.proto', {
    includeDirs: [path.join(import.meta.dirname, '..', '..', 'protos')],
    longs: String,
    enums: String,
    defaults: true,
  });
  const { eventType } = found.letter;
  const type = Object.hasOwn(definitions, eventType) ? definitions[eventType] : undefined;
  if (!type || !('deserialize' in type) || typeof type.deserialize !== 'function') return undefined;
  try {
    return type.deserialize(valueOf(found));
  } catch {
    return undefined; // the one thing that a decoder can say about bytes of another kind
  }
}

// JSON writes most control characters by number; it leaves those above 0x7e as they are.
const jsonLines = (payload: object): string[] =>
  JSON.stringify(payload, undefined, 2)
    .split('\n')
    .map((line) => `  ${printable(line)}`);

function hexLines(bytes: Buffer): string[] {
  const shown = bytes.subarray(0, HEX_BYTES_MAX);
  const lines: string[] = [];
  for (let at = 0; at < shown.length; at += HEX_BYTES_PER_LINE) {
    const part = shown.subarray(at, at + HEX_BYTES_PER_LINE);
    const hex = part.toString('hex').replace(/(..)/g, '$1 ');
    const ascii = part.toString('latin1').replace(/[^ -~]/g, '.');
    lines.push(`  ${at.toString(16).padStart(6, '0')}  ${hex.padEnd(HEX_BYTES_PER_LINE * 3)} ${ascii}`);
  }
  const left = bytes.length - shown.length;
  return left > 0 ? [...lines, `  … and ${left} bytes more; --json has them all`] : lines;
}

function timeOf(timeMs: number): string {
  const time = new Date(timeMs);
  return Number.isNaN(time.getTime()) ? `(${timeMs})` : time.toISOString();
}
