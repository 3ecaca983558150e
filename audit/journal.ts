/**
 * A client's journal: what it was told. JSON lines, one a finished operation, appended and never changed.
 *
 *   {"at":1790000000000,"op":"order","customerId":"…","key":"…","clientNonce":"…","request":{"cafeId":"harbour","items":[…]},
 *    "outcome":"ok","status":201,"body":"{\"orderId\":\"…\" …}","orderId":"…"}
 *
 * ok        2xx. `body` is the exact text of the reply, `orderId` the id in it (read from the body when it is not given).
 * refused   4xx for good.
 * not_done  429, 503 or a 409 with Retry-After, and the client will not send this key again.
 * unknown   504, or the connection broke. A later line of the same key may settle it; nothing is claimed until then.
 *
 * ok, refused and not_done are written when the client is through with the key: then they may be held against the stores.
 */
import { readFileSync } from 'node:fs';

export type JournalOutcome = 'ok' | 'refused' | 'not_done' | 'unknown';

export interface JournalLine {
  readonly at: number;
  /** Others than "order" are read and left alone. */
  readonly op: string;
  readonly customerId: string;
  readonly key: string;
  readonly clientNonce?: string;
  readonly request: {
    readonly cafeId: string;
    readonly items: readonly { readonly itemId: string; readonly quantity: number }[];
    readonly clientNonce?: string;
  };
  readonly outcome: JournalOutcome;
  readonly status?: number;
  readonly body?: string;
  readonly orderId?: string;
}

export interface Journal {
  /** The orders that were acknowledged, one line a key. */
  readonly ok: readonly (JournalLine & { readonly orderId: string; readonly body: string })[];
  /** Keys that must have left nothing. */
  readonly nothing: readonly JournalLine[];
  readonly unknown: number;
  readonly lines: number;
}

const OUTCOMES: readonly string[] = ['ok', 'refused', 'not_done', 'unknown'];

/** A file that is no journal: the mistake of whoever named it. */
export class BadJournal extends Error {}

/** @throws BadJournal that names the first line that is none */
export function readJournal(file: string): Journal {
  const text = textOf(file);
  // Without its newline the last line is still being written.
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  const lines = whole.split('\n').flatMap((line, index) => {
    if (line === '') return [];
    const read = lineOf(line);
    if (typeof read === 'string') throw new BadJournal(`${file}, line ${index + 1}: ${read}`);
    return [read];
  });
  return judged(lines);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new BadJournal((error as Error).message, { cause: error });
  }
}

function lineOf(text: string): JournalLine | string {
  let line: JournalLine;
  try {
    line = JSON.parse(text) as JournalLine;
  } catch (error) {
    return `not JSON: ${(error as Error).message}`;
  }
  if (typeof line !== 'object' || line === null) return 'not a JSON object';
  const missing = (['op', 'customerId', 'key', 'outcome'] as const).find((name) => typeof line[name] !== 'string');
  if (missing) return `no ${missing}`;
  if (typeof line.at !== 'number') return 'no at (Unix time in milliseconds)';
  if (!OUTCOMES.includes(line.outcome)) return `outcome is one of ${OUTCOMES.join(', ')}, not ${line.outcome}`;
  if (line.op !== 'order') return line;
  if (!Array.isArray(line.request?.items)) return 'an order without its request';
  return line.outcome === 'ok' ? acknowledged(line) : line;
}

function acknowledged(line: JournalLine): JournalLine | string {
  if (typeof line.body !== 'string') return 'an acknowledged order without the body of the reply';
  try {
    const { orderId } = JSON.parse(line.body) as { orderId?: string };
    if (!orderId) return 'the body of the reply holds no orderId';
    if (line.orderId !== undefined && line.orderId !== orderId) return 'orderId is not the one in the body';
    return { ...line, orderId };
  } catch {
    return 'the body of the reply is not JSON';
  }
}

/** What a key ended in: "unknown, then ok" is ok, and an ok stands whatever a second attempt with other content got. */
function judged(lines: readonly JournalLine[]): Journal {
  const byKey = Map.groupBy(
    lines.filter(({ op }) => op === 'order'),
    ({ customerId, key }) => `${customerId} ${key}`,
  );
  const ok: Journal['ok'][number][] = [];
  const nothing: JournalLine[] = [];
  let unknown = 0;
  for (const attempts of byKey.values()) {
    const done = attempts.filter(({ outcome }) => outcome === 'ok') as Journal['ok'][number][];
    const last = attempts.at(-1) as JournalLine;
    if (done.length > 0) ok.push(...done);
    else if (last.outcome === 'refused' || attempts.every(({ outcome }) => outcome === 'not_done')) nothing.push(last);
    else unknown++;
  }
  return { ok, nothing, unknown, lines: lines.length };
}
