import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { CallContext } from '@seams/call';
import { endingOf, quietLogger } from '@seams/testkit';
import { openConnections } from './connections.ts';

const sockets = new Set<Socket>();
let silent: Server;
let port: number;

// Accepts connections and says nothing, as a frozen Postgres does.
beforeAll(async () => {
  silent = createServer((socket) => void sockets.add(socket.on('error', () => undefined).resume()));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  port = (silent.address() as { port: number }).port;
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => silent.close(resolve));
});

const within = (ms: number): CallContext => ({ deadlineAt: Date.now() + ms, signal: new AbortController().signal });

it('is down, long before their deadline, for all who wait while no connection can be made', async () => {
  const url = `postgres://u:p@127.0.0.1:${port}/d`;
  const limits = { connectMsMax: 100, log: quietLogger };
  const connections = openConnections({ connectionString: url, max: 1 }, limits);
  const ctx = within(60_000);
  const endings = await Promise.all([1, 2, 3].map(() => endingOf(connections.acquire(ctx))));
  expect(endings).toEqual(Array(3).fill('unavailable/database_down'));
  expect(ctx.deadlineAt - Date.now()).toBeGreaterThan(50_000);

  // The place of the failed attempt is free again.
  expect(await endingOf(connections.acquire(within(60_000)))).toBe('unavailable/database_down');
  await connections.close();
});
