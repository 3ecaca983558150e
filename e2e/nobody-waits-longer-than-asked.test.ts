/**
 * A dependency takes 10 s for everything, or Postgres is frozen: every client has its answer by its deadline, nothing
 * begins after it, work in flight stays bounded, and the breaker opens and closes in time. The figures are printed.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Asked, askOnce, atRate, msUntil } from '../labs/asking.ts';
import { untilClosed } from '../labs/breakers.ts';
import { lateIn } from '../labs/spans.ts';
import { EVERY_SPAN, type Traces, tracesOf } from '../labs/traces.ts';
import { freeze, heal } from '../tools/system/faults.ts';
import { type Customer, customerWith } from './client.ts';
import { HOOK_MS_MAX, type System, startSystem } from './system.ts';

const TEST_MS_MAX = 120_000;
const PER_SECOND = 30;
/** What clients wait: a hurried one, one that a single attempt fits into, and the most that there is. */
const TIMEOUTS_MS = [300, 900, 2_000] as const;
/**
 * What is asked is 100 ms; what was seen is printed. Asserted is only that nobody hangs: on a busy machine the test's own
 * client gets its turn late.
 */
const HANGS_MS_MIN = 2_000;
const SLOW = 'storage.ReadMenu=delay:10000/server;storage.CommitOrder=delay:10000/server';
const SLOW_SECONDS = 8;
const WELL_SECONDS = 6;

let system: System;
let customers: Customer[];
let traces: Traces;
beforeAll(async () => {
  system = await startSystem();
  traces = await tracesOf(system);
  customers = [];
  for (let n = 0; n < 5; n++) customers.push(await customerWith(system.url, 100_000));
}, HOOK_MS_MAX);
afterAll(() => system?.stop(), HOOK_MS_MAX);

interface Sent extends Asked {
  readonly timeoutMs: number;
}

const order =
  (faults?: string) =>
  async (n: number): Promise<Sent> => {
    const timeoutMs = TIMEOUTS_MS[n % TIMEOUTS_MS.length] as number;
    const { token } = customers[n % customers.length] as Customer;
    return {
      ...(await askOnce(system.url, { path: '/v1/orders', cafeId: 'harbour', token, faults, timeoutMs })),
      timeoutMs,
    };
  };

const ordersFor = (seconds: number, faults?: string): Promise<Sent[]> =>
  atRate(PER_SECOND, (sent) => sent < seconds * PER_SECOND, order(faults)) as Promise<Sent[]>;

const wallet = (): Promise<Asked> => askOnce(system.url, { path: '/v1/wallet', token: customers[0]?.token ?? '' });

/** The most of a number that any process of business-logic said of its calls to storage. */
async function inFlightAtStorage(): Promise<number> {
  const { processes } = await system.status();
  const logic = processes.filter(({ name }) => name.startsWith('business-logic-'));
  const texts = await Promise.all(
    logic.map(async ({ ports }) => (await fetch(`http://127.0.0.1:${ports.at(-1)}/metrics`)).text()),
  );
  return Math.max(...texts.map((text) => Number(/^seams_policy_in_flight\{callee="storage"\} (\d+)/m.exec(text)?.[1])));
}

/** How much later than asked the latest answer came. */
const latestMs = (sent: readonly Sent[]): number => Math.max(...sent.map(({ ms, timeoutMs }) => ms - timeoutMs));

async function lateSpans(sent: readonly Sent[]): Promise<number> {
  const traceIds = sent.map(({ traceId }) => traceId);
  const seen = await traces.read(traceIds, EVERY_SPAN);
  expect(seen.missing).toBeUndefined();
  return seen.traces.flatMap(lateIn).length;
}

const byAnswer = (sent: readonly Sent[]): string =>
  Object.entries(Object.groupBy(sent, ({ status, reason }) => `${status} ${reason}`.trim()))
    .map(([answer, those]) => `${those?.length} × ${answer}`)
    .join(', ');

describe('storage that takes 10 s for everything', () => {
  it(
    'keeps nobody waiting, begins nothing late, and is left alone until it is well',
    async () => {
      await ordersFor(2);
      const slowSince = Date.now();
      const inFlight: number[] = [];
      const looking = setInterval(() => void inFlightAtStorage().then((most) => inFlight.push(most)), 500);
      const slow = await ordersFor(SLOW_SECONDS, SLOW);
      clearInterval(looking);
      const healedAt = Date.now();
      const well = await ordersFor(WELL_SECONDS);
      await untilClosed(system, wallet);

      const openedMs = msUntil(slow, slowSince, { share: 0.8, so: ({ reason }) => reason === 'circuit_open' });
      const closedMs = msUntil(well, healedAt, { share: 1, so: ({ status }) => status === 201 });
      const late = await lateSpans(slow);
      console.info(
        [
          `${slow.length} orders, ${PER_SECOND} a second, while storage takes 10 s: ${byAnswer(slow)}`,
          `the latest answer came ${latestMs(slow).toFixed(0)} ms after its deadline (asked: 100); ${late} spans of storage began late`,
          `breaker open after ${openedMs} ms (asked: 2000), closed ${closedMs} ms after the heal (asked: 5000)`,
          `in flight to storage: ${Math.max(...inFlight)} at most per replica`,
        ].join('\n'),
      );
      expect(latestMs(slow)).toBeLessThan(HANGS_MS_MIN);
      expect(late).toBe(0);
      expect(openedMs).toBeLessThan(SLOW_SECONDS * 1_000);
      expect(closedMs).toBeLessThan(WELL_SECONDS * 1_000);
      // What arrives in one attempt's time at most: 30 a second over two replicas, 0.8 s, twice that for chance.
      expect(Math.max(...inFlight)).toBeLessThanOrEqual(40);
    },
    TEST_MS_MAX,
  );
});

describe('a frozen Postgres', () => {
  it(
    'keeps nobody waiting, begins nothing late, and orders are done within 5 s after its thaw',
    async () => {
      const frozenSince = Date.now();
      await freeze(system, 'postgres');
      const frozen = await ordersFor(SLOW_SECONDS);
      await heal(system);
      const healedAt = Date.now();
      const well = await ordersFor(WELL_SECONDS + 2);
      await untilClosed(system, wallet);

      const refusedMs = msUntil(frozen, frozenSince, { share: 0.8, so: ({ ms }) => ms < 100 });
      const closedMs = msUntil(well, healedAt, { share: 1, so: ({ status }) => status === 201 });
      const late = await lateSpans(frozen);
      const running = await system.sql(
        'storage',
        `SELECT 1 FROM pg_stat_activity WHERE application_name LIKE 'storage-%' AND state = 'active'
           AND now() - query_start > interval '2 seconds'`,
      );
      console.info(
        [
          `${frozen.length} orders while Postgres is frozen: ${byAnswer(frozen)}`,
          `the latest answer came ${latestMs(frozen).toFixed(0)} ms after its deadline (asked: 100); ${late} spans of storage began late`,
          `refused at once after ${refusedMs} ms, done again ${closedMs} ms after the thaw; ${running.length} statements left over`,
        ].join('\n'),
      );
      expect(latestMs(frozen)).toBeLessThan(HANGS_MS_MIN);
      expect(late).toBe(0);
      expect(closedMs).toBeLessThan(WELL_SECONDS * 1_000);
      expect(running).toEqual([]);
    },
    TEST_MS_MAX,
  );
});
