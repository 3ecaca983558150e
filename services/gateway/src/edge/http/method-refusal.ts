import type { IncomingMessage } from 'node:http';
import { HttpRefusal } from './problem.ts';
import { methodsOf } from './routes.ts';

/** 404 or 405 with Allow; undefined when there is a route for this method and path. */
export function methodRefusalOf({
  method = 'GET',
  url = '',
}: Pick<IncomingMessage, 'method' | 'url'>): HttpRefusal | undefined {
  const allowed = methodsOf(url.split('?', 1)[0] as string);
  if (allowed.length === 0) return new HttpRefusal('route_unknown');
  if (allowed.includes(method)) return undefined;
  return new HttpRefusal('method_not_allowed', { headers: { Allow: allowed.join(', ') } });
}
