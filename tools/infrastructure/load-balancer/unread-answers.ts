import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * So long something may wait to be sent, without a moment in which the kernel had taken it all: its buffers hold some
 * hundred KB, and our answers are smaller. An event stream is silent for longer, but then nothing waits.
 */
const UNREAD_MS_MAX = 6_000;

/**
 * Cuts whoever does not read what it asked for. Node bounds how slowly a request may come, not how slowly its answer may
 * be taken: the kernel's buffers full, such a connection and its answer would stay for good.
 * @returns how many connections there are
 */
export function cutUnreadAnswers(server: Server, unreadMsMax = UNREAD_MS_MAX): { readonly connections: number } {
  const sockets = new Map<Socket, { unreadSince: number | undefined }>();
  server.on('connection', (socket) => {
    if (sockets.has(socket)) return; // a request with Upgrade, parsed again
    sockets.set(socket, { unreadSince: undefined });
    socket.once('close', () => sockets.delete(socket));
  });
  const check = setInterval(() => {
    const now = performance.now();
    for (const [socket, seen] of sockets) {
      if (socket.writableLength === 0) seen.unreadSince = undefined;
      else if (now - (seen.unreadSince ??= now) >= unreadMsMax) socket.destroy();
    }
  }, unreadMsMax / 8);
  server.once('close', () => clearInterval(check));
  return {
    get connections() {
      return sockets.size;
    },
  };
}
