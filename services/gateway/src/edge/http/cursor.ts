import { HttpRefusal } from './problem.ts';

/** The 16 bytes of an order id in base64url; the last character has four bits without a meaning, which are 0. */
export const CURSOR_PATTERN = '^[A-Za-z0-9_-]{21}[AQgw]$';
const CURSOR = new RegExp(CURSOR_PATTERN);

/** Where a page of orders ended. Opaque to clients, so that it can become something else. */
export const cursorOf = (lastOrderId: string): string | null =>
  lastOrderId === '' ? null : Buffer.from(lastOrderId.replaceAll('-', ''), 'hex').toString('base64url');

/** Of which order; storage knows whether there is such a one in the list. */
export function orderIdOf(cursor: string): string {
  if (!CURSOR.test(cursor)) throw new HttpRefusal('cursor_malformed');
  const hex = Buffer.from(cursor, 'base64url').toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
