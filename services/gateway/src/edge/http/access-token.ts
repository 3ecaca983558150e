import type { IncomingMessage } from 'node:http';
import { HttpRefusal } from './problem.ts';

/** RFC 6750's b64token; ours are about 400 characters. */
const BEARER = /^Bearer +([A-Za-z0-9._~+/-]{1,4096}=*)$/i;

/**
 * The token of the Authorization header. Only there: a query stands in logs and histories. Two headers are refused,
 * for another reader might take the other one.
 */
export function accessTokenOf({ headersDistinct }: Pick<IncomingMessage, 'headersDistinct'>): string {
  const given = headersDistinct.authorization;
  if (given === undefined) throw new HttpRefusal('token_missing');
  const token = given.length === 1 ? BEARER.exec(given[0] as string)?.[1] : undefined;
  if (token === undefined) throw new HttpRefusal('token_malformed');
  return token;
}
