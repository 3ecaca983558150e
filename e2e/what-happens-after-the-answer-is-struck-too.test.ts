import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@seams/testkit';
import { call, customerWith, definite } from './client.ts';
import { HOOK_MS_MAX, type System, startSystem } from './system.ts';

const TOPIC = 'seams.orders.v1';
const body = { cafeId: 'harbour', items: [{ itemId: 'harbour-espresso', quantity: 1 }] };

/** A process that a plan ends is started again by the runner, and is asked only then. */
const RESTART_MS_MAX = 30_000;

let system: System;
let operator: string;
beforeAll(async () => {
  system = await startSystem();
  const { email, password } = system.demoAccount('operator');
  operator = (await definite(`${system.url}/v1/auth/login`, { body: { email, password } })).json.accessToken;
}, HOOK_MS_MAX);
afterAll(() => system?.stop(), HOOK_MS_MAX);

/** One order under a plan, asked for until its answer is definite; the first attempt carries the plan. */
async function orderUnder(plan: string, without?: string) {
  const { token } = await customerWith(system.url, 1_000);
  const request = { token, key: randomUUID(), body };
  const traceId = randomUUID().replaceAll('-', '');
  const traceparent = `00-${traceId}-${traceId.slice(0, 16)}-01`;
  const patternless: Record<string, string> = without ? { 'seams-without': without } : {};
  const first = await call(`${system.url}/v1/orders`, {
    ...request,
    headers: { 'seams-fault': plan, traceparent, ...patternless },
  });
  const { json } = await definite(`${system.url}/v1/orders`, { ...request, headers: patternless });
  return { first, token, orderId: json.orderId, traceId };
}

/** The faults that fired, by the log lines of the request, once each. */
async function firedUnder(traceId: string): Promise<string[]> {
  const { text } = await call(`${system.url}/v1/traces/${traceId}/logs`, { token: operator });
  const { lines } = JSON.parse(text) as { lines: { message: string; fields: Record<string, string> }[] };
  const fired = lines.filter(({ message }) => message === 'fault fired');
  return [...new Set(fired.map(({ fields: { operation, action } }) => `${operation}=${action}`))];
}

const outboxRows = (orderId: string) =>
  system.sql<{ eventId: string; published: boolean }>(
    'storage',
    'SELECT event_id AS "eventId", published_at IS NOT NULL AS published FROM outbox WHERE message_key = $1',
    [orderId],
  );
const records = async (orderId: string) => (await system.readTopic(TOPIC)).filter(({ key }) => key === orderId);
const counted = async (eventId: string | undefined) =>
  (await system.sql('analytics', 'SELECT 1 FROM inbox WHERE event_id = $1', [eventId])).length;

describe('the commit of one order', () => {
  it.each([
    // at the commit                  first answer
    ['storage.commit=drop-reply', 504],
    ['storage.commit=drop-request', 504],
    ['storage.commit=error:conflict', 409],
    ['storage.commit=duplicate', 201],
    ['storage.commit=delay:50', 201],
  ])('%s answers %d, and is one order and one charge in the end', async (plan, status) => {
    const { first, token, orderId, traceId } = await orderUnder(plan);
    expect(first.status).toBe(status);
    expect(await firedUnder(traceId)).toEqual([plan]);
    const { json } = await call(`${system.url}/v1/orders`, { token });
    expect(json.orders.map((order) => order.orderId)).toEqual([orderId]);
    expect((await call(`${system.url}/v1/wallet`, { token })).json.balanceCents).toBe(1_000 - 220);
  });
});

describe('the event of one order', () => {
  it.each([
    // at the relay                        records of it in Kafka's log
    ['relay.Publish=drop-request', 1],
    ['relay.Publish=drop-reply', 2],
    ['relay.Publish=duplicate', 2],
    ['relay.Publish=delay:300', 1],
    ['relay.Mark=drop-request', 2],
    ['relay.Mark=crash', 2],
  ])(
    '%s: published %d times, counted once',
    async (plan, times) => {
      const { first, orderId, traceId } = await orderUnder(plan);
      expect(first.status).toBe(201); // whatever the relay suffers, the order does not wait for it
      const [row] = await eventually(async () => {
        const rows = await outboxRows(orderId);
        if (!rows[0]?.published || (await counted(rows[0].eventId)) === 0) throw new Error('not yet counted');
        return rows;
      });
      // A relay is told of its commit a moment before readers of what is committed are given it.
      await eventually(async () => expect(await records(orderId)).toHaveLength(times));
      expect(await counted(row?.eventId)).toBe(1);
      expect(await firedUnder(traceId)).toEqual([plan]); // the line of a crash is written before it
    },
    RESTART_MS_MAX,
  );

  it(
    'is lost without the outbox when the process ends between commit and publish',
    async () => {
      const { first, orderId, traceId } = await orderUnder('storage.Publish=crash', 'outbox');
      expect(await firedUnder(traceId)).toEqual(['storage.Publish=crash']);
      expect([201, 504]).toContain(first.status); // the other replica answers for the dead one, or the client asks again
      expect(orderId).toMatch(/^[0-9a-f-]{36}$/); // the order is there, its repetition says so
      expect(await outboxRows(orderId)).toEqual([]);
      expect(await records(orderId)).toEqual([]);
    },
    RESTART_MS_MAX,
  );
});
