/** A search for traces as Jaeger's parameters state it, and which span it matches. */
import { NotParsed, parseBoolean, parseDuration, parseHex64, parseInteger } from './go-values.ts';
import { tagOf } from './jaeger.ts';
import { durationNanosOf, nanosOf, type OtlpAttribute } from './otlp.ts';
import type { StoredSpan } from './store.ts';

/** Jaeger refuses to search deeper than it keeps traces; the chart and the local Jaeger keep as many. */
export const TRACES_MAX = 5_000;
const LIMIT_DEFAULT = 100;
const LOOKBACK_MS = 48 * 3_600_000;

/** A request that Jaeger refuses, with its status and its message. */
export class Refused extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export interface Search {
  readonly traceIds: readonly string[];
  readonly service: string;
  readonly limit: number;
  readonly matches: (stored: StoredSpan) => boolean;
}

/** `lookback` is no parameter of a search: it is for Jaeger's UI, which sends `start` with it. */
export function searchOf(query: URLSearchParams, nowMs: number): Search {
  const start = timeOf(query, 'start', nowMs - LOOKBACK_MS);
  const end = timeOf(query, 'end', nowMs);
  const tags = tagsOf(query);
  const limitText = query.get('limit');
  const limit = limitText ? Number(reading(() => parseInteger(limitText, 32))) : LIMIT_DEFAULT;
  const shortest = durationOf(query, 'minDuration');
  const longest = durationOf(query, 'maxDuration');
  const traceIds = query.getAll('traceID').map((id) => reading(() => traceIdOf(id), 'cannot parse traceID param'));
  refuseRaw(query);
  const service = query.get('service') ?? '';
  if (traceIds.length === 0 && service === '') throw new Refused(400, "parameter 'service' is required");
  if (shortest !== 0 && longest !== 0 && longest < shortest)
    throw new Refused(400, "'maxDuration' should be greater than 'minDuration'");
  const operation = query.get('operation');
  const matches = ({ span, origin }: StoredSpan): boolean => {
    if (origin.service !== service || (operation && operation !== (span.name ?? ''))) return false;
    const startNanos = nanosOf(span.startTimeUnixNano);
    if (startNanos < start || startNanos > end) return false;
    const nanos = durationNanosOf(span);
    if ((shortest !== 0 && nanos < shortest) || (longest !== 0 && nanos > longest)) return false;
    return tags.every(([key, value]) => hasTag({ span, origin }, key, value));
  };
  return { traceIds, service, limit, matches };
}

export function traceIdOf(id: string): string {
  if (id.length > 32) throw new NotParsed(`TraceID cannot be longer than 32 hex characters: ${id.slice(0, 64)}`);
  if (id.length <= 16) return parseHex64(id).padStart(32, '0');
  return parseHex64(id.slice(0, -16)) + parseHex64(id.slice(-16));
}

/** The parameter in nanoseconds since 1970, given in µs, or in ms for dependencies. */
export function timeOf(query: URLSearchParams, name: string, elseMs: number, nanosPerUnit = 1_000n): bigint {
  const value = query.get(name);
  if (!value) return BigInt(elseMs) * 1_000_000n;
  return reading(() => parseInteger(value), unread(name)) * nanosPerUnit;
}

export function reading<T>(read: () => T, prefix?: string): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof NotParsed)) throw error;
    throw new Refused(400, prefix === undefined ? error.message : `${prefix}: ${error.message}`);
  }
}

export const unread = (name: string): string => `unable to parse param '${name}'`;

/** Jaeger leaves its adjustments out then. This store makes some of them when a span arrives. */
export function refuseRaw(query: URLSearchParams): void {
  const value = query.get('raw');
  if (value && reading(() => parseBoolean(value), unread('raw')))
    throw new Refused(501, 'this trace store does not answer raw=true; Jaeger does');
}

function durationOf(query: URLSearchParams, name: string): number {
  const value = query.get(name);
  return value ? reading(() => parseDuration(value), unread(name)) : 0;
}

/** `tag=k:v` and `tags={"k":"v"}`; of two values for one key the last one counts. */
function tagsOf(query: URLSearchParams): [string, string][] {
  const tags = new Map<string, string>();
  for (const each of query.getAll('tag')) {
    const colon = each.indexOf(':');
    if (colon < 0)
      throw new Refused(400, `malformed 'tag' parameter, expecting key:value, received: ${each.slice(0, 64)}`);
    tags.set(each.slice(0, colon), each.slice(colon + 1));
  }
  for (const json of query.getAll('tags')) for (const [key, value] of textsOf(json)) tags.set(key, value);
  return [...tags];
}

function textsOf(json: string): [string, string][] {
  const malformed = (why: string): Refused =>
    new Refused(400, `malformed 'tags' parameter, cannot unmarshal JSON: ${why}`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch (error) {
    throw malformed((error as Error).message);
  }
  if (parsed === null) return [];
  if (goTypeOf(parsed) !== 'object')
    throw malformed(`json: cannot unmarshal ${goTypeOf(parsed)} into Go value of type map[string]string`);
  return Object.entries(parsed as Record<string, unknown>).map(([key, value]) => {
    if (value !== null && typeof value !== 'string')
      throw malformed(`json: cannot unmarshal ${goTypeOf(value)} into Go value of type string`);
    return [key, value ?? ''];
  });
}

function goTypeOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

/**
 * Jaeger looks at attributes alone: of the span, of its scope, of its resource and of its events. It compares `error` with the
 * status, and reads the text it is given as false, so any `error` finds spans whose status is OK.
 */
function hasTag({ span, origin }: StoredSpan, key: string, value: string): boolean {
  if (key === 'error') return span.status?.code === 1 || span.status?.code === 'STATUS_CODE_OK';
  const lists = [span.attributes, origin.scopeAttributes, origin.resource];
  for (const { attributes } of span.events ?? []) lists.push(attributes);
  return lists.some((attributes) => textIn(attributes, key) === value);
}

function textIn(attributes: readonly OtlpAttribute[] | undefined, key: string): string | undefined {
  const attribute = attributes?.find((each) => each.key === key);
  return attribute && String(tagOf(attribute).value);
}
