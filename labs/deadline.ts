/**
 * Deadlines (idea 6): a client waits 400 ms for its order, and the call to storage is held up for a second. Whoever is
 * below either knows until when the answer is wanted, or works for nobody.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Trace } from '../tools/order/trace.ts';
import type { Running } from '../tools/system/running.ts';
import { type Asked, askOnce } from './asking.ts';
import { type Customer, wallets } from './client.ts';
import type { Finding, Lab } from './lab.ts';
import { lateIn, readTraces } from './spans.ts';

const CAFE = 'harbour';
const TIMEOUT_MS = 400;
const HELD_UP_MS = 1_000;
const FAULT = `storage.CommitOrder=delay:${HELD_UP_MS}`;
/** An answer needs a moment to be sent. */
const GRACE_MS = 100;
const POLL_MS = 100;
const PLACED_MS_MAX = 5_000;

interface Outcome {
  readonly asked: readonly Asked[];
  readonly traces: readonly Trace[];
  readonly late: number;
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
        { sentence: 'nothing begins at storage after the deadline', held: kept.late === 0 && kept.placed === 0 },
        {
          sentence: 'without deadlines every order is placed after its client was told that time is up',
          held: without.placed === customers.length && without.late > 0,
        },
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
  const order = ({ token }: Customer): Promise<Asked> =>
    askOnce(system.url, { path: '/v1/orders', token, cafeId: CAFE, faults: FAULT, without, timeoutMs: TIMEOUT_MS });
  const asked = await Promise.all(customers.map(order));
  const placed = await placedLater(customers, before);
  const traces = await readTraces(
    system.tracesUrl,
    asked.map(({ traceId }) => traceId),
  );
  const late = traces.reduce((sum, trace) => sum + lateIn(trace).length, 0);
  const slowest = `${Math.max(...asked.map(({ ms }) => ms)).toFixed(0)} ms`;
  say(
    `  ${(without ? `without ${without}` : 'with deadlines').padEnd(20)}${slowest.padEnd(17)}${String(late).padEnd(37)}${placed}`,
  );
  return { asked, traces, late, placed };
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
