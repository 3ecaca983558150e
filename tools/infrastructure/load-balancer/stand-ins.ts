/** What the tests of the load balancer need on both sides of it: tiny gateways, a client, raw sockets. */
import { once } from 'node:events';
import { type Agent, createServer, type IncomingMessage, type RequestListener, request, type Server } from 'node:http';
import { type AddressInfo, connect, type Server as TcpServer } from 'node:net';
import { type LoadBalancer, type LoadBalancerOptions, startLoadBalancer } from './balancer.ts';

export const HOST = '127.0.0.1';
const open: { close(): unknown }[] = [];

export async function closeAll(): Promise<void> {
  for (const each of open.splice(0).reverse()) await each.close();
}

/** Closed after the test. */
export function owned<T extends { destroy(): unknown }>(thing: T): T {
  open.push({ close: () => thing.destroy() });
  return thing;
}

export interface StandIn {
  readonly server: Server;
  readonly port: number;
  readonly opsPort: number;
  ready: boolean;
}

/** A tiny gateway: `answer` on its port, /readyz on its ops port. */
export async function gateway(answer: RequestListener, ready = true): Promise<StandIn> {
  const server = createServer(answer);
  const standIn = { server, port: await listening(server), opsPort: 0, ready };
  const ops = createServer((_, response) => response.writeHead(standIn.ready ? 200 : 503).end());
  standIn.opsPort = await listening(ops);
  return standIn;
}

export async function listening(server: Server | TcpServer): Promise<number> {
  server.listen(0, HOST);
  await once(server, 'listening');
  open.push({
    close: () => {
      if ('closeAllConnections' in server) server.closeAllConnections();
      server.close();
    },
  });
  return (server.address() as AddressInfo).port;
}

export async function balancerOver(
  gateways: readonly { port: number; opsPort: number }[],
  more: Partial<LoadBalancerOptions> = {},
): Promise<LoadBalancer> {
  const balancer = await startLoadBalancer({
    host: HOST,
    port: 0,
    gateways: gateways.map(({ port, opsPort }, at) => ({ name: `gateway-${at + 1}`, host: HOST, port, opsPort })),
    log: () => {},
    ...more,
  });
  open.push({ close: () => balancer.drain(0) });
  return balancer;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export function ask(
  port: number,
  more: { path?: string; method?: string; headers?: Record<string, string>; body?: string; agent?: Agent } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { body, ...options } = more;
    const outgoing = request({ host: HOST, port, ...options }, (answer) => {
      const { statusCode: status = 0, headers } = answer;
      answer.toArray().then((parts) => resolve({ status, headers, body: Buffer.concat(parts).toString() }), reject);
    });
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}

/** Sends these bytes and gives all that comes until the other side closes. */
export async function raw(port: number, bytes: string): Promise<string> {
  const socket = owned(connect({ host: HOST, port }));
  socket.write(bytes);
  const parts: Buffer[] = [];
  socket.on('data', (part) => parts.push(part));
  await once(socket, 'close');
  return Buffer.concat(parts).toString();
}

export async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + 5_000;
  while (!(await holds())) {
    if (performance.now() > giveUpAt) throw new Error('the condition did not come true within 5 s');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
