import type { IncomingMessage } from 'node:http';

/** What a gateway takes at most; what is larger streams through, and is refused there before it is read. */
const HELD_BYTES_MAX = 64 * 1_024;
/** Of all requests together. An order is under a kilobyte: what does not fit here is an attack, and streams through. */
const HELD_TOTAL_BYTES_MAX = 64 * 1_024 * 1_024;

let heldTotal = 0;

/**
 * Calls `then` once, when the body has come or more than is held: a gateway's places are few, and a client that sends a
 * byte a second would have one for as long as the gateway lets it. Never, when the client goes before.
 */
export function holdBody(incoming: IncomingMessage, then: (held: readonly Buffer[]) => void): void {
  if (!hasBody(incoming) || Number(incoming.headers['content-length'] ?? 0) > HELD_BYTES_MAX) {
    then([]);
    return;
  }
  const held: Buffer[] = [];
  let bytes = 0;
  const over = (): void => {
    heldTotal -= bytes;
    incoming.off('data', take);
    incoming.off('end', whole);
    incoming.off('close', over);
  };
  const whole = (): void => {
    over();
    then(held);
  };
  const take = (chunk: Buffer): void => {
    held.push(chunk);
    bytes += chunk.length;
    heldTotal += chunk.length;
    if (bytes <= HELD_BYTES_MAX && heldTotal <= HELD_TOTAL_BYTES_MAX) return;
    incoming.pause();
    whole();
  };
  incoming.on('data', take);
  incoming.once('end', whole);
  incoming.once('close', over);
}

export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
