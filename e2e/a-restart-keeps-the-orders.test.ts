import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@seams/testkit';
import { call, customerWith, login } from './client.ts';
import { type Ending, HOOK_MS_MAX, type System, startSystem } from './system.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem({ npm: true });
}, HOOK_MS_MAX);
afterAll(() => system?.stop(), HOOK_MS_MAX);

const body = { cafeId: 'library', items: [{ itemId: 'library-custard-tart', quantity: 2 }] };

/** Nobody else answers while one process starts again, with all services in it. */
const RESTART_MS_MAX = 20_000;

describe('the system', () => {
  let ordersBefore = 0;

  it.each<Ending>(['Ctrl-C', 'SIGTERM to npm', 'SIGKILL of npm', 'SIGKILL of npm and of the runner'])(
    'keeps orders, sessions, keys and totals over a restart of everything, ended whole by %s',
    async (ending) => {
      const { token } = await customerWith(system.url, 5_000);
      const key = randomUUID();
      const placed = await call(`${system.url}/v1/orders`, { token, key, body });
      expect(placed.status).toBe(201);

      await system.restart(ending);

      const read = await call(`${system.url}/v1/orders/${placed.json.orderId}`, { token });
      expect([read.status, read.text]).toEqual([200, placed.text]);
      const again = await call(`${system.url}/v1/orders`, { token, key, body });
      expect([again.status, again.text]).toEqual([201, placed.text]);
      const operator = await login(system.url, system.demoAccount('operator'));
      await eventually(async () => {
        const report = await call(`${system.url}/v1/analytics/cafes/library`, { token: operator });
        expect(report.json.ordersTotal).toBe(ordersBefore + 1);
      });
      ordersBefore += 1;
    },
    HOOK_MS_MAX,
  );

  it(
    'restarts a process that was killed, and loses nothing that was answered',
    async () => {
      const { token } = await customerWith(system.url, 5_000);
      const victim = system.single ? 'single' : 'storage-1';
      const before = (await system.status()).processes.find(({ name }) => name === victim);
      process.kill(before?.pid ?? 0, 'SIGKILL');
      const placed = await eventually(async () => {
        const reply = await call(`${system.url}/v1/orders`, { token, key: randomUUID(), body });
        expect(reply.status).toBe(201);
        return reply;
      }, RESTART_MS_MAX);
      await eventually(async () => {
        const after = (await system.status()).processes.find(({ name }) => name === victim);
        expect(after).toMatchObject({ state: 'ready', restarts: 1 });
        expect(after?.pid).not.toBe(before?.pid);
      }, RESTART_MS_MAX);
      const read = await call(`${system.url}/v1/orders/${placed.json.orderId}`, { token });
      expect(read.text).toBe(placed.text);
    },
    2 * RESTART_MS_MAX,
  );
});
