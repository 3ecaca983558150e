import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/**
 * Ignores Upgrade, as RFC 9110 7.8 allows, and goes on with HTTP/1.1: java.net.http.HttpClient offers h2c by default.
 * Without an 'upgrade' listener Node ignores it too, but drops the bytes that came behind such a request, so that the rest
 * of a pipelined request would be read as a request of its own. So the request is parsed again without that header.
 */
export function ignoreUpgrade(server: Server): void {
  const latest = new WeakMap<Duplex, ServerResponse>();
  server.on('request', (incoming, response) => latest.set(incoming.socket, response));
  server.on('upgrade', (incoming, socket, head) => {
    const parseAgain = (): void => {
      socket.off('error', destroy);
      if (socket.destroyed) return;
      socket.unshift(Buffer.concat([headWithoutUpgrade(incoming), head]));
      server.emit('connection', socket);
    };
    const destroy = (): void => void socket.destroy();
    socket.on('error', destroy);
    // Node assigns a socket to the next response only when both were parsed by one parser.
    const before = latest.get(socket);
    if (!before || before.closed) parseAgain();
    else before.once('close', parseAgain);
  });
}

/** Node decodes the head of a request as Latin-1. */
function headWithoutUpgrade({ method, url, httpVersion, rawHeaders }: IncomingMessage): Buffer {
  let head = `${method} ${url} HTTP/${httpVersion}\r\n`;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    if (rawHeaders[at]?.toLowerCase() !== 'upgrade') head += `${rawHeaders[at]}: ${rawHeaders[at + 1]}\r\n`;
  }
  return Buffer.from(`${head}\r\n`, 'latin1');
}
