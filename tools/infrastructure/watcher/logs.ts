/**
 * The lines that the services wrote about one trace, found in their log files: from the end backwards, until the lines are
 * older than the trace. Bounded in bytes and in time, and the answer says when a bound was met. Nothing is indexed: it is
 * asked seldom, by a person, and a search reads some hundred MB a second.
 */
import { type FileHandle, open, readdir } from 'node:fs/promises';
import path from 'node:path';
import { services } from '../../../topology.ts';

export interface Line {
  readonly at: string;
  readonly service: string;
  readonly process: string;
  readonly level: string;
  readonly message: string;
  /** Of the span that was being worked on. */
  readonly spanId: string | null;
  readonly fields: Readonly<Record<string, string | number | boolean>>;
}

export interface Found {
  /** By their time. */
  readonly lines: readonly Line[];
  /** False when there may be more than was looked at. */
  readonly whole: boolean;
}

export interface Wanted {
  readonly traceId: string;
  /** Unix time in milliseconds: older lines are not looked for. */
  readonly fromMs: number;
}

const CHUNK_BYTES = 262_144;
/** Of one process: some five minutes of 500 requests a second. */
const BYTES_PER_PROCESS_MAX = 67_108_864;
/** A gateway waits for 2 s at most, and for its callers' sake less. */
const SEARCH_MS_MAX = 1_200;
const LINES_MAX = 500;
/** A line is written when a thing ends, and by a clock that may be set. */
const MARGIN_MS = 1_000;

const NEWLINE = 10;
const NAMES = Object.keys(services);
/** Only they speak of requests; one older file is kept of each (tools/infrastructure/child.ts). */
const isOfService = (file: string): boolean =>
  NAMES.some((name) => file.startsWith(`${name}-`)) && /-\d+\.log(\.1)?$/.test(file);

export async function findLines(logsDir: string, wanted: Wanted): Promise<Found> {
  const until = performance.now() + SEARCH_MS_MAX;
  const files = (await readdir(logsDir)).filter(isOfService);
  const byProcess = Map.groupBy(files, (file) => file.replace(/\.log(\.1)?$/, ''));
  const lines: Line[] = [];
  let whole = true;
  for (const own of byProcess.values()) {
    // "x.log" is newer than "x.log.1".
    const found = await searchProcess(
      own.sort().map((file) => path.join(logsDir, file)),
      wanted,
      until,
    );
    lines.push(...found.lines);
    whole &&= found.whole;
  }
  lines.sort((a, b) => a.at.localeCompare(b.at));
  return { lines: lines.slice(0, LINES_MAX), whole: whole && lines.length <= LINES_MAX };
}

async function searchProcess(files: readonly string[], wanted: Wanted, until: number): Promise<Found> {
  const lines: Line[] = [];
  let left = BYTES_PER_PROCESS_MAX;
  for (const file of files) {
    const handle = await open(file, 'r');
    try {
      for await (const { complete, bytes } of chunksFromEnd(handle)) {
        lines.push(...linesIn(complete, wanted));
        if (isOlder(complete, wanted.fromMs - MARGIN_MS)) return { lines, whole: true };
        left -= bytes;
        if (left <= 0 || performance.now() > until) return { lines, whole: false };
      }
    } finally {
      await handle.close();
    }
  }
  return { lines, whole: true };
}

/** Whole lines, chunk by chunk, the last ones first. */
async function* chunksFromEnd(handle: FileHandle): AsyncGenerator<{ complete: Buffer; bytes: number }> {
  let position = (await handle.stat()).size;
  let begun = Buffer.alloc(0);
  while (position > 0) {
    const bytes = Math.min(CHUNK_BYTES, position);
    position -= bytes;
    const chunk = Buffer.alloc(bytes);
    await handle.read(chunk, 0, bytes, position);
    const joined = Buffer.concat([chunk, begun]);
    // What stands before the first line's end is the rest of a line that began earlier.
    const cut = position === 0 ? 0 : joined.indexOf(NEWLINE) + 1;
    begun = joined.subarray(0, cut);
    yield { complete: joined.subarray(cut), bytes };
  }
}

function linesIn(text: Buffer, { traceId }: Wanted): Line[] {
  const found: Line[] = [];
  for (let at = text.indexOf(traceId); at >= 0; at = text.indexOf(traceId, at)) {
    const start = text.lastIndexOf(NEWLINE, at) + 1;
    const end = text.indexOf(NEWLINE, at);
    const line = lineOf(text.toString('utf8', start, end < 0 ? text.length : end), traceId);
    if (line) found.push(line);
    if (end < 0) break;
    at = end;
  }
  return found;
}

const isOlder = (text: Buffer, ms: number): boolean => {
  const first = /"time":"([^"]+)"/.exec(text.toString('utf8', 0, 2_048))?.[1];
  return first !== undefined && Date.parse(first) < ms;
};

type Written = Readonly<Record<string, unknown>>;

/** As libs/telemetry/src/logger.ts writes it; undefined for what merely mentions the id, or is half written. */
export function lineOf(text: string, traceId: string): Line | undefined {
  let written: Written;
  try {
    written = JSON.parse(text) as Written;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  if (written === null || typeof written !== 'object' || written.traceId !== traceId) return undefined;
  const { time, service, process, level, msg, spanId, traceId: _, ...fields } = written;
  return {
    at: String(time),
    service: String(service),
    process: String(process),
    level: String(level),
    message: String(msg),
    spanId: typeof spanId === 'string' ? spanId : null,
    fields: Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, scalar(value)])),
  };
}

const scalar = (value: unknown): string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : JSON.stringify(value);
