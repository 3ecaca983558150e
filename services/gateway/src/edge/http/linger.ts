import type { Socket } from 'node:net';

const LINGER_MS = 500;
const LINGER_CHECK_MS = 20;
const LINGER_BYTES_MAX = 1_048_576;

/**
 * Closes a connection in a way that its client can still read the answer. Closing at once while the client is sending
 * makes the kernel answer its bytes with RST, and the client then often loses the answer (413) that it was given.
 * So: end our side, forget what still comes for a moment, close. Both the moment and the bytes are bounded.
 */
export function lingerAfterAnswer(socket: Socket): void {
  // Node calls destroySoon once the answer to a "Connection: close" request is flushed.
  socket.destroySoon = () => linger(socket);
}

function linger(socket: Socket): void {
  const { bytesRead } = socket;
  let checksLeft = LINGER_MS / LINGER_CHECK_MS;
  socket.end();
  socket.resume();
  const check = setInterval(() => {
    checksLeft -= 1;
    if (checksLeft <= 0 || socket.bytesRead - bytesRead > LINGER_BYTES_MAX) socket.destroy();
  }, LINGER_CHECK_MS);
  socket.once('close', () => clearInterval(check));
}
