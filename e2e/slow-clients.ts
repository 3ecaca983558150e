/** Clients that take as long as they are let: slow headers, slow bodies, answers that nobody reads. */
import { connect, type Socket } from 'node:net';

export interface SlowClients {
  close(): void;
}

const DRIP_EVERY_MS = 200;
/** Some 30 KB each. What the kernel takes for a client that does not read is done with, for the server; then it is idle. */
const UNREAD_ANSWERS = 20;

interface Slow {
  readonly begin: string;
  /** Sent again and again. */
  readonly drip: string;
  readonly reads: boolean;
}

const HOST = 'Host: x\r\n';

/** A third of each kind; the bodies have a token, so that they could have a place at a gateway. */
export function slowClients(url: string, count: number, token: string): SlowClients {
  const { hostname, port } = new URL(url);
  const kinds: Slow[] = [
    { begin: `GET /v1/cafes HTTP/1.1\r\n${HOST}X-Slow: `, drip: 'x', reads: true },
    {
      begin:
        `POST /v1/orders HTTP/1.1\r\n${HOST}Authorization: Bearer ${token}\r\nIdempotency-Key: slow\r\n` +
        'Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n',
      drip: ' ',
      reads: true,
    },
    { begin: `GET /openapi.json HTTP/1.1\r\n${HOST}\r\n`.repeat(UNREAD_ANSWERS), drip: '', reads: false },
  ];
  const sockets = Array.from({ length: count }, (_, at) => slowSocket(hostname, Number(port), kinds[at % 3] as Slow));
  return {
    close: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}

function slowSocket(host: string, port: number, { begin, drip, reads }: Slow): Socket {
  // Half open: a client that means ill does not close because the other side has.
  const socket = connect({ host, port, allowHalfOpen: true });
  socket.write(begin);
  if (reads) socket.resume();
  else socket.pause();
  const dripping = setInterval(() => socket.write(drip), DRIP_EVERY_MS);
  socket.on('error', () => undefined); // the reset of whoever has closed already
  socket.once('close', () => clearInterval(dripping));
  return socket;
}
