/**
 * 150 clients that are slow on purpose, through the whole system: none is left after 10 s, and a good client beside them
 * is answered as if they were not there.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { quantiles } from '../load/statistics.ts';
import { type Customer, call, customerWith } from './client.ts';
import { slowClients } from './slow-clients.ts';
import { HOOK_MS_MAX, type System, startSystem } from './system.ts';

const SLOW_CLIENTS = 150;
const LET_GO_MS_MAX = 10_000;
const WARM_UP_MS = 2_000;
const BEFORE_MS = 4_000;
const LOOK_EVERY_MS = 100;
const PAUSE_MS = 10;

let system: System;
beforeAll(async () => {
  system = await startSystem();
}, HOOK_MS_MAX);
afterAll(() => system?.stop(), HOOK_MS_MAX);

/** Asks one after the other while `goesOn`, each tenth time for an order; @returns how many milliseconds each answer took */
async function goodClient({ token }: Customer, goesOn: () => boolean): Promise<number[]> {
  const took: number[] = [];
  while (goesOn()) {
    const orders = took.length % 10 === 0;
    const startedAt = performance.now();
    const { status } = orders ? await order(token) : await call(`${system.url}/v1/cafes/harbour/menu`);
    took.push(performance.now() - startedAt);
    expect(status).toBe(orders ? 201 : 200);
    await sleep(PAUSE_MS);
  }
  return took;
}

function order(token: string): ReturnType<typeof call> {
  const body = { cafeId: 'harbour', items: [{ itemId: 'harbour-espresso', quantity: 1 }] };
  return call(`${system.url}/v1/orders`, { token, key: randomUUID(), body });
}

/** That the load balancer holds for clients, by its own count. */
async function connections(): Promise<number> {
  const { text } = await call(`${system.url}/readyz`);
  return (JSON.parse(text) as { connections: number }).connections;
}

interface LetGo {
  readonly most: number;
  /** After they came; infinite when some were there for twice the time that they may be. */
  readonly goneMs: number;
}

async function untilLetGo(): Promise<LetGo> {
  const startedAt = performance.now();
  let most = 0;
  for (;;) {
    const now = await connections();
    const ms = performance.now() - startedAt;
    most = Math.max(most, now);
    if (most >= SLOW_CLIENTS && now <= most - SLOW_CLIENTS) return { most, goneMs: ms };
    if (ms > 2 * LET_GO_MS_MAX) return { most, goneMs: Number.POSITIVE_INFINITY };
    await sleep(LOOK_EVERY_MS);
  }
}

function during(ms: number): () => boolean {
  const until = performance.now() + ms;
  return () => performance.now() < until;
}

function told(took: readonly number[]): string {
  const { count, p50, p99 } = quantiles(took);
  return `${count} answers in ${Math.round(p50)} / ${Math.round(p99)} ms`;
}

describe('150 clients that are slow on purpose', () => {
  it('are gone after 10 s, and a good one beside them gets every answer', async () => {
    const ada = await customerWith(system.url, 100_000);
    await goodClient(ada, during(WARM_UP_MS));
    const before = await goodClient(ada, during(BEFORE_MS));

    const slow = slowClients(system.url, SLOW_CLIENTS, ada.token);
    try {
      let watching = true;
      const letGo = untilLetGo().finally(() => {
        watching = false;
      });
      const beside = await goodClient(ada, () => watching);
      const { most, goneMs } = await letGo;
      console.info(
        `${most} connections, the last slow one gone after ${Math.round(goneMs)} ms; ` +
          `the good client: ${told(before)} before, ${told(beside)} beside them`,
      );
      expect(goneMs).toBeLessThan(LET_GO_MS_MAX);
    } finally {
      slow.close();
    }
  }, 60_000);
});
