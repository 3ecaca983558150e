/** Between a pool and Postgres: forwards, until it is told to lose every reply and break the connection instead. */
import { connect, createServer, type Socket } from 'node:net';

export interface LossyProxy {
  readonly url: string;
  loseReplies(): void;
  close(): void;
}

export async function lossyProxy(postgresUrl: string): Promise<LossyProxy> {
  const { hostname, port } = new URL(postgresUrl);
  const sockets = new Set<Socket>();
  let losing = false;
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy()); // the other one is told by 'close'
      socket.on('close', () => [client, upstream].map((each) => each.destroy()));
    }
    client.pipe(upstream);
    upstream.on('data', (reply) => {
      // Postgres sends a reply of under 8 KB as a whole, once the statement is committed (ReadyForQuery).
      if (losing) client.destroy();
      else client.write(reply);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(postgresUrl);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as { port: number }).port);
  return {
    url: url.href,
    loseReplies: () => {
      losing = true;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
