/** Where a second system fits beside what listens already: tests start several, and one lab starts another shape. */
import { createServer } from 'node:net';
import { portsOf } from '../environment.ts';
import { blockedPorts } from './blocked-ports.ts';

// All ports stay below 32768, where the ephemeral ports begin: an outgoing connection could take one at any moment.
const OFFSET_MAX = 32_767 - 19_093;
const OFFSET_MIN = 200;
// As far apart as two services' ports: a replica that one system adds must not meet a port of another system.
const OFFSET_STEP = 10;
const TRIES_MAX = 50;

/** @throws Error when none was found with all ports free and none of them blocked */
export async function freeOffset(single: boolean): Promise<number> {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const offset = OFFSET_MIN + OFFSET_STEP * Math.floor((Math.random() * (OFFSET_MAX - OFFSET_MIN)) / OFFSET_STEP);
    const ports = portsOf({ host: '127.0.0.1', offset, single }).map(({ port }) => port);
    if (ports.some((port) => blockedPorts.has(port))) continue;
    const free = await Promise.all(ports.map(isFree));
    if (free.every(Boolean)) return offset;
  }
  throw new Error(`no offset with all ports free in ${TRIES_MAX} tries`);
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
