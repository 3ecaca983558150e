import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { HttpRefusal } from './problem.ts';

export const KEY_LENGTH_MAX = 255;
/** Printable ASCII; HTTP has trimmed blanks at both ends. */
export const KEY_PATTERN = '^[\\x21-\\x7e]([\\x20-\\x7e]*[\\x21-\\x7e])?$';
const KEY = new RegExp(KEY_PATTERN);

export function idempotencyKeyOf({ headersDistinct }: Pick<IncomingMessage, 'headersDistinct'>): string {
  const given = headersDistinct['idempotency-key'];
  if (given === undefined) throw new HttpRefusal('idempotency_key_missing');
  const [key = ''] = given;
  if (given.length !== 1 || key.length > KEY_LENGTH_MAX || !KEY.test(key))
    throw new HttpRefusal('idempotency_key_malformed');
  return key;
}

/** SHA-256 over route and content: what one key must always come with. The order of names and blanks do not matter. */
export function fingerprintOf(route: string, body: unknown): Buffer {
  return createHash('sha256').update(canonicalJson({ route, body })).digest();
}

/** JSON with sorted names (the idea of RFC 8785); the values were parsed from JSON, so there is nothing else in them. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}
