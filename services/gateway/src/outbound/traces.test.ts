import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { CallContext } from '@seams/call';
import type { Policy } from '@seams/resilience';
import { TRACES_LIMIT_MAX, type Traces, tracesOver } from './traces.ts';

const HOST = '127.0.0.1';
const NOW_MS = Date.parse('2026-11-30T12:00:00Z');
const MINUTES_10_MS = 600_000;
const CTX: CallContext = { deadlineAt: Date.now() + 60_000, signal: new AbortController().signal };

/** A UUIDv7 begins with its time in milliseconds. */
const idOf = (ms: number): string => {
  const hex = ms.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7abc-8def-0123456789ab`;
};

const asked: URLSearchParams[] = [];
const store = createServer((incoming, response) => {
  asked.push(new URL(incoming.url ?? '', 'http://x').searchParams);
  response.end('{"data":[]}');
});
let traces: Traces;
beforeAll(async () => {
  store.listen(0, HOST);
  await once(store, 'listening');
  const policy = { run: (ctx: CallContext, _: unknown, work: (ctx: CallContext) => unknown) => work(ctx) };
  const { port } = store.address() as AddressInfo;
  traces = tracesOver(`http://${HOST}:${port}`, policy as unknown as Policy, () => NOW_MS);
});
afterAll(() => {
  store.close();
  store.closeAllConnections();
});
beforeEach(() => {
  asked.length = 0;
});

/** In milliseconds, as the store is asked in microseconds. */
async function timesOf(whose: Parameters<Traces['tracesOf']>[1]): Promise<[startMs: number, endMs: number]> {
  await traces.tracesOf(CTX, whose);
  return [Number(asked[0]?.get('start')) / 1_000, Number(asked[0]?.get('end')) / 1_000];
}

describe('a search for traces', () => {
  it('of an order begins when its id was made, however long ago, and ends behind now', async () => {
    for (const daysAgo of [0, 3, 400]) {
      asked.length = 0;
      const madeMs = NOW_MS - daysAgo * 86_400_000;
      const times = await timesOf({ orderId: idOf(madeMs) });
      expect(times).toEqual([madeMs - MINUTES_10_MS, NOW_MS + MINUTES_10_MS]);
    }
  });

  it('of a customer begins when the customer registered', async () => {
    const madeMs = NOW_MS - 90 * 86_400_000;
    expect(await timesOf({ customerId: idOf(madeMs) })).toEqual([madeMs - MINUTES_10_MS, NOW_MS + MINUTES_10_MS]);
  });

  it('begins before now for an id of a clock that is ahead, and in 1970 for an id without a time', async () => {
    expect((await timesOf({ orderId: idOf(NOW_MS + 86_400_000) }))[0]).toBe(NOW_MS - MINUTES_10_MS);
    asked.length = 0;
    expect((await timesOf({ orderId: '019aa0c5-0000-4000-8000-0000000000d1' }))[0]).toBe(0);
  });

  it('asks for no more traces than the smallest Jaeger of the chart keeps', async () => {
    const schema = readFileSync(new URL('../../../../helm/seams/values.schema.json', import.meta.url), 'utf8');
    const { minimum } = JSON.parse(schema).properties.traces.properties.tracesMax;
    for (const whose of [{ orderId: idOf(NOW_MS) }, { customerId: idOf(NOW_MS) }]) await traces.tracesOf(CTX, whose);
    const limits = asked.map((query) => Number(query.get('limit')));
    expect(Math.max(...limits)).toBe(TRACES_LIMIT_MAX);
    expect(minimum).toBeGreaterThanOrEqual(TRACES_LIMIT_MAX);
  });
});
