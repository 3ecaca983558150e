/** What must be true before anything is started. Each failure is one line that says what to do. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { single } from '../../topology.ts';
import { type Place, portsOf } from '../environment.ts';
import { findJava } from '../infrastructure/java.ts';
import { missingMaven } from '../infrastructure/kafka-jars.ts';
import type { Folder } from './folder.ts';

export async function checkMachine(place: Place, folder: Folder): Promise<void> {
  findJava();
  const noMaven = missingMaven(folder.cache);
  if (noMaven) throw new Error(noMaven);
  await checkPorts(place);
}

async function checkPorts(place: Place): Promise<void> {
  const taken: { name: string; port: number }[] = [];
  for (const use of portsOf(place)) {
    const why = await whyNot(place.host, use.port);
    if (why === 'EADDRINUSE') taken.push(use);
    else if (why)
      throw new Error(
        `port ${use.port} for ${use.name} cannot be used (${why}): choose another with --port, --trace-port or --offset`,
      );
  }
  const [first] = taken;
  if (!first) return;
  const others = taken.length > 1 ? ` (and ${taken.length - 1} more ports)` : '';
  throw new Error(
    `port ${first.port}${others} is taken by another program, ${first.name} needs it: stop that program, or ${advice(first.name)}`,
  );
}

/** Why one of these ports cannot be used now; undefined when all are free. */
export async function takenPort(host: string, ports: readonly number[]): Promise<string | undefined> {
  for (const port of ports) {
    const why = await whyNot(host, port);
    if (why) return `port ${port} ${why === 'EADDRINUSE' ? 'is taken by another program' : `cannot be used (${why})`}`;
  }
  return undefined;
}

function advice(name: string): string {
  const all = 'move every port with `npm start -- --offset 1000`';
  if (name === 'load-balancer' || name === single.name)
    return `choose another with \`npm start -- --port N\`, or ${all}`;
  if (name === 'traces (query)') return `choose another with \`npm start -- --trace-port N\`, or ${all}`;
  return all;
}

/** Undefined when the port is free; asked by taking it for a moment. */
async function whyNot(host: string, port: number): Promise<string | undefined> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? (error as Error).message;
  } finally {
    if (server.listening) {
      server.close();
      await once(server, 'close');
    }
  }
}
