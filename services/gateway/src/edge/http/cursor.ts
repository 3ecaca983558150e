import { HttpRefusal } from './problem.ts';
import { orderId } from './schemas.ts';

/** Where a page of orders ended. Opaque to clients, so that it can become something else. */
export const cursorOf = (lastOrderId: string): string | null =>
  lastOrderId === '' ? null : Buffer.from(lastOrderId).toString('base64url');

export function orderIdOf(cursor: string): string {
  const decoded = Buffer.from(cursor, 'base64url').toString();
  // Buffer skips what is no base64url, so only a cursor that comes out the same again was one of ours.
  if (cursorOf(decoded) !== cursor || !orderId.safeParse(decoded).success) throw new HttpRefusal('cursor_malformed');
  return decoded;
}
