/**
 * Deadlines (idea 6): a client waits 400 ms for its order, and the call to storage is held up for a second. Whoever is
 * below either knows until when the answer is wanted, or works for nobody.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Running } from '../tools/system/running.ts';
import { type Asked, askOnce } from './asking.ts';
import { type Customer, wallets } from './client.ts';
import { atLeast, atMost } from './expectation.ts';
import type { Finding, Lab } from './lab.ts';
import { lateIn } from './spans.ts';
import { EVERY_SPAN, tracesOf } from './traces.ts';

const CAFE = 'harbour';
const TIMEOUT_MS = 400;
const HELD_UP_MS = 1_000;
const FAULT = `storage.CommitOrder=delay:${HELD_UP_MS}`;
/** An answer needs a moment to be sent. */
const GRACE_MS = 100;
const POLL_MS = 100;
/** A hop without deadlines gives up after this (libs/resilience/src/naive/without-deadline.ts). */
const PLACED_MS_MAX = 60_000;

interface Outcome {
  readonly asked: readonly Asked[];
  readonly late: number;
  /** Of the traces in which it was counted. */
  readonly missing: string | undefined;
  readonly placed: number;
}

export const deadline: Lab = {
  name: 'deadline',
  ideas: [6],
  fallacy: 'latency is zero',
  question: 'The client waits no longer. Who works on, and for whom?',
  prediction: {
    ask: 'Clients wait 400 ms, the call to storage is held up for a second. Without deadlines, how many orders are placed all the same?',
    answers: ['All of them, after each client was told that time is up', 'None: the clients have gone', 'About half'],
    right: 0,
  },
  with: 'deadlines that shrink hop by hop',
  without: 'Seams-Without: deadline',
  seconds: { short: 9, full: 9 },
  code: ['libs/call/src/context.ts', 'libs/postgres/src/cancel.ts', 'libs/resilience/src/naive/without-deadline.ts'],

  async run(system, say, { short }): Promise<Finding> {
    const customers = await wallets(system.url, short ? 4 : 10);
    say(
      `${customers.length} orders of clients that wait ${TIMEOUT_MS} ms; the call to storage is held up ${HELD_UP_MS} ms\n`,
    );
    say(`  ${''.padEnd(20)}answered within  begun at storage after the deadline  orders placed all the same`);
    const kept = await play(system, customers, undefined, say);
    const without = await play(system, customers, 'deadline', say);
    const [trace, naive] = [kept, without].map(({ asked }) => asked[0]?.traceId);
    return {
      expectations: [
        {
          sentence: `every client has its answer by its deadline and ${GRACE_MS} ms`,
          held: [...kept.asked, ...without.asked].every(({ ms }) => ms <= TIMEOUT_MS + GRACE_MS),
        },
        { sentence: 'it is 504: nobody knows', held: kept.asked.every(({ status }) => status === 504) },
        { sentence: 'no order is placed after the deadline', held: kept.placed === 0 },
        atMost('nothing begins at storage after the deadline', kept.late === 0, kept.missing),
        {
          sentence: 'without deadlines every order is placed, although its client was told that time is up',
          held: without.placed === customers.length,
        },
        atLeast('and storage begins after the deadline', without.late > 0, without.missing),
      ],
      withPattern: `${kept.late} spans of storage begin after the deadline, ${kept.placed} of ${customers.length} orders placed`,
      withoutPattern: `${without.late} spans of storage begin after the deadline, ${without.placed} of ${customers.length} orders placed`,
      picture: {
        title: 'orders placed for clients who had gone',
        bars: [
          { name: 'deadlines that shrink', value: kept.placed },
          { name: 'without them', value: without.placed, without: true },
        ],
      },
      lookAt: [
        `with: it ends at business-logic: ${system.tracesUrl}/api/traces/${trace}`,
        `without: storage begins when nobody waits: ${system.tracesUrl}/api/traces/${naive}`,
        'libs/call/src/context.ts (shorten), libs/postgres/src/cancel.ts; without: libs/resilience/src/naive/without-deadline.ts',
      ],
    };
  },
};

async function play(
  system: Running,
  customers: readonly Customer[],
  without: string | undefined,
  say: (line?: string) => void,
): Promise<Outcome> {
  const before = await ordersOf(customers);
  const reader = await tracesOf(system);
  const order = ({ token }: Customer): Promise<Asked> =>
    askOnce(system.url, { path: '/v1/orders', token, cafeId: CAFE, faults: FAULT, without, timeoutMs: TIMEOUT_MS });
  const asked = await Promise.all(customers.map(order));
  const placed = await placedLater(customers, before);
  const { traces, missing } = await reader.read(
    asked.map(({ traceId }) => traceId),
    EVERY_SPAN,
  );
  const late = traces.reduce((sum, trace) => sum + lateIn(trace).length, 0);
  const slowest = `${Math.max(...asked.map(({ ms }) => ms)).toFixed(0)} ms`;
  say(
    `  ${(without ? `without ${without}` : 'with deadlines').padEnd(20)}${slowest.padEnd(17)}${String(late).padEnd(37)}${placed}`,
  );
  return { asked, late, missing, placed };
}

/** Looks until all are placed, and at least until what was held up has come. */
async function placedLater(customers: readonly Customer[], before: number): Promise<number> {
  const startedAt = Date.now();
  for (;;) {
    await sleep(POLL_MS);
    const placed = (await ordersOf(customers)) - before;
    const waitedMs = Date.now() - startedAt;
    if (waitedMs > PLACED_MS_MAX || (waitedMs > 2 * HELD_UP_MS && (placed === 0 || placed === customers.length)))
      return placed;
  }
}

async function ordersOf(customers: readonly Customer[]): Promise<number> {
  const counts = await Promise.all(customers.map((customer) => customer.orders()));
  return counts.reduce((sum, count) => sum + count, 0);
}
