/** The relay that leads is frozen under load, another takes over, it thaws: nothing of its old term is in the log behind. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@seams/testkit';
import { type Customer, customerWith, definite } from './client.ts';
import { HOOK_MS_MAX, type System, startSystem } from './system.ts';
import type { TopicRecord } from './topic.ts';

const TOPIC = 'seams.orders.v1';
const CLIENTS = 4;
/** Between two orders of one client: a wallet holds 454 of them, and has to last as long as the test does. */
const PACE_MS = 100;
const FREEZES = 2;
// The lease of a frozen relay runs out after 3 s, and meanwhile each second call to storage waits for its attempt to end.
const TAKE_OVER_MS_MAX = 20_000;
const TEST_MS_MAX = 120_000;

let system: System;
let customers: Customer[];
beforeAll(async () => {
  system = await startSystem();
  customers = await Promise.all(Array.from({ length: CLIENTS }, () => customerWith(system.url, 100_000)));
}, HOOK_MS_MAX);
afterAll(() => system?.stop(), HOOK_MS_MAX);

interface Leader {
  readonly process: string;
  readonly term: number;
}

async function leaderNow(): Promise<Leader> {
  const [lease] = await system.sql<{ holder: string; term: string }>('storage', 'SELECT holder, term FROM relay_lease');
  const [name = ''] = lease?.holder.split('/') ?? [];
  expect(name).toMatch(/^storage-/);
  return { process: name, term: Number(lease?.term) };
}

async function processOf(name: string) {
  const found = (await system.status()).processes.find((process) => process.name === name);
  if (!found?.pid) throw new Error(`${name} does not run`);
  return { pid: found.pid, opsPort: found.ports.at(-1) };
}

/** What a process says of itself at its ops port. */
async function metricOf(name: string, metric: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${(await processOf(name)).opsPort}/metrics`)).text();
  return Number(new RegExp(`^${metric} (\\S+)$`, 'm').exec(text)?.[1]);
}

const termOf = ({ headers }: TopicRecord): number => Number(headers['relay-term']);

/** Orders one after another until it is told to stop. */
async function orderOn({ token }: Customer, until: { stop: boolean }): Promise<number> {
  const body = { cafeId: 'harbour', items: [{ itemId: 'harbour-espresso', quantity: 1 }] };
  let orders = 0;
  for (; !until.stop; orders++) {
    const reply = await definite(`${system.url}/v1/orders`, { token, key: randomUUID(), body });
    expect(reply.status).toBe(201);
    await sleep(PACE_MS);
  }
  return orders;
}

async function freezeTheLeader(): Promise<void> {
  const frozen = await leaderNow();
  const { pid } = await processOf(frozen.process);
  process.kill(pid, 'SIGSTOP');
  try {
    await eventually(async () => {
      const successor = await leaderNow();
      expect(successor.process).not.toBe(frozen.process);
      const records = await system.readTopic(TOPIC);
      expect(records.some((record) => termOf(record) > frozen.term)).toBe(true);
    }, TAKE_OVER_MS_MAX);
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  await eventually(async () => expect(await metricOf(frozen.process, 'seams_relay_leads')).toBe(0));
}

describe('a relay that was frozen while it led, and thaws after another took over', () => {
  it(
    'publishes nothing out of term, and nothing is lost',
    async () => {
      const until = { stop: false };
      const load = Promise.all(customers.map((customer) => orderOn(customer, until)));
      await eventually(async () => expect((await system.readTopic(TOPIC)).length).toBeGreaterThan(CLIENTS));
      try {
        for (let n = 0; n < FREEZES; n++) await freezeTheLeader();
      } finally {
        until.stop = true;
      }
      const orders = (await load).reduce((sum, some) => sum + some, 0);
      await eventually(async () =>
        expect(await system.sql('storage', 'SELECT 1 FROM outbox WHERE published_at IS NULL')).toEqual([]),
      );

      const written = await system.sql<{ id: string }>('storage', 'SELECT event_id AS id FROM outbox');
      expect(written).toHaveLength(orders);
      // A relay is told of its commit a moment before readers of what is committed are given it.
      const records = await eventually(async () => {
        const read = await system.readTopic(TOPIC);
        expect(new Set(read.map(({ headers }) => headers['event-id']))).toEqual(new Set(written.map(({ id }) => id)));
        return read;
      });
      expect(new Set(records.map(termOf)).size).toBeGreaterThan(FREEZES);
      for (const partition of Map.groupBy(records, (record) => record.partition).values()) {
        const terms = partition.map(termOf);
        expect(terms).toEqual([...terms].sort((a, b) => a - b));
      }
      await expect(audit()).resolves.toMatch(/^audit: clean/m);
    },
    TEST_MS_MAX,
  );

  it('says at its ops port who leads in which term, and that nothing waits', async () => {
    const leader = await leaderNow();
    await eventually(async () => {
      expect(await metricOf(leader.process, 'seams_relay_leads')).toBe(1);
      expect(await metricOf(leader.process, 'seams_relay_term')).toBe(leader.term);
      expect(await metricOf(leader.process, 'seams_outbox_waiting')).toBe(0);
    });
  });
});

async function audit(): Promise<string> {
  const tool = path.resolve(import.meta.dirname, '../tools/audit.ts');
  const line = ['--disable-warning=TimeoutNegativeWarning', tool, '--data', system.dataDir];
  const { stdout } = await promisify(execFile)(process.execPath, line);
  return stdout;
}
