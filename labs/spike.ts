/**
 * Store and forward (idea 9): who counts is away, then Kafka is, and ten times as many orders come as usual. Orders go on at
 * the pace of storage; what nobody can take yet waits in the outbox and in the log, and is counted when they are back.
 */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { audit } from '../audit/audit.ts';
import type { AuditReport } from '../audit/verdict.ts';
import { runLoad } from '../load/load.ts';
import { type Quantiles, quantiles } from '../load/statistics.ts';
import { auditedSystem } from '../tools/system/audited.ts';
import { freeze, heal } from '../tools/system/faults.ts';
import type { Running } from '../tools/system/running.ts';
import { type RawAnswer, rawOrder, wallet } from './client.ts';
import { atMost } from './expectation.ts';
import type { Finding, Lab, Options } from './lab.ts';
import { outboxWaiting } from './metrics.ts';
import { newBreaches, unansweredIn, verdictOf } from './verdict.ts';

const CAFE = 'market';
const SPIKE = 10;
const CUSTOMERS = 5;
/** So many orders in flight are more than the machine has answered, not more than it could hold. */
const DRAINED_MS_MAX = 60_000;
const AUDIT_WAIT_MS = 30_000;
const POLL_MS = 100;
const NAIVE_ORDERS = 3;
/** An order takes some 40 ms. */
const SLOW_MS = 500;

interface Plan {
  /** Orders a second as usual. */
  readonly rate: number;
  readonly usualSeconds: number;
  /** Kafka alone is away, at the usual rate. */
  readonly cutSeconds: number;
  /** Analytics is away for all of it, Kafka for its second half. */
  readonly spikeSeconds: number;
}

/** A p99 needs a hundred orders. */
const FULL: Plan = { rate: 5, usualSeconds: 20, cutSeconds: 25, spikeSeconds: 10 };
const SHORT: Plan = { rate: 3, usualSeconds: 4, cutSeconds: 4, spikeSeconds: 3 };

interface Stretch {
  readonly name: string;
  readonly sent: number;
  /** First answers that were neither done nor refused. */
  readonly failed: number;
  /** Those that stayed so. */
  readonly undone: number;
  readonly ms: Quantiles;
  /** Undefined when no replica of storage said it. */
  readonly waitingMax: number | undefined;
  readonly journalFile: string;
}

export const spike: Lab = {
  name: 'spike',
  ideas: [9],
  question:
    'Ten times as many orders, and nobody there to count them, nor Kafka to keep them. What does a client notice?',
  prediction: {
    ask: 'Kafka is away. How many orders fail meanwhile?',
    answers: ['All of them: nothing can be published', 'Those that come while it is away and find no room', 'None'],
    right: 2,
  },
  with: 'the outbox and the log',
  without: 'Seams-Without: outbox',
  seconds: { short: 20, full: 64 },
  code: [
    'services/storage/src/orders/commit-order.ts',
    'services/storage/src/outbox/relay-outbox.ts',
    'services/storage/src/naive/publish-after-commit.ts',
  ],

  async run(system, say, options): Promise<Finding> {
    const plan = options.short ? SHORT : FULL;
    const { rate, usualSeconds, cutSeconds, spikeSeconds } = plan;
    const before = await verdictOf(system);
    say(`  ${''.padEnd(42)}orders  failed  p50 ms  p99 ms  waiting in the outbox at most`);
    const stage: Stage = { system, say };
    const usual = await stretch(stage, 'as usual', { rate, seconds: usualSeconds, seed: 1 });
    const cut = await without(system, ['kafka'], () =>
      stretch(stage, `Kafka is away for ${cutSeconds} s`, { rate, seconds: cutSeconds, seed: 2 }),
    );
    const { spiked, drainedMs } = await spikeUnder(stage, rate * SPIKE, spikeSeconds);
    const journals = [usual, cut, spiked].map(({ journalFile }) => journalFile);
    const { breaches, unanswered, last } = await auditEach(system, journals);
    const naive = await inTheRequest(stage, last);
    const lateness = comparison(usual, cut, options);
    return {
      expectations: [
        { sentence: 'no order fails while Kafka is away', held: cut.failed === 0 },
        { sentence: lateness.sentence, held: lateness.held },
        // At ten times the usual rate a busy machine answers some too late; the client asks again under the same key.
        {
          sentence: 'in the spike, without analytics and without Kafka, each order is done',
          held: spiked.undone === 0,
        },
        {
          sentence: 'events wait in the outbox meanwhile, and none waits at the end',
          held: (spiked.waitingMax ?? 0) > 0,
          notSeen: spiked.waitingMax === undefined ? 'how many events wait: no replica of storage said it' : undefined,
        },
        atMost('the audit finds nothing new: all is counted, exactly', breaches === before.breaches, unanswered),
        {
          sentence: `published in the request, each order fails while Kafka is away, or takes more than ${SLOW_MS} ms`,
          held: naive.troubled === NAIVE_ORDERS,
        },
      ],
      withPattern: `${cut.sent + spiked.sent} orders without Kafka or analytics, ${cut.undone + spiked.undone} not done, ${cut.failed + spiked.failed} done by asking again; p99 ${Math.round(usual.ms.p99)} → ${Math.round(cut.ms.p99)} ms; the backlog was on Kafka ${(drainedMs / 1_000).toFixed(1)} s after the thaw`,
      withoutPattern: `${naive.troubled} of ${NAIVE_ORDERS} orders failed or were slow (${naive.seen}; ${Math.round(naive.msMin)} to ${Math.round(naive.msMax)} ms); ${naive.charged} are made and charged, and ${naive.uncounted} things are wrong in what analytics tells`,
      picture: {
        title: 'p99 of an order, ms',
        bars: [
          { name: usual.name, value: usual.ms.p99 },
          { name: cut.name, value: cut.ms.p99 },
          { name: spiked.name, value: spiked.ms.p99 },
          { name: 'published in the request, slowest', value: naive.msMax, without: true },
        ],
      },
      lookAt: [
        `an order whose event could not be published: ${system.tracesUrl}/api/traces/${naive.traceId}`,
        'seams_outbox_waiting and seams_outbox_oldest_seconds: docs/metrics.md',
        'one transaction for order and event: services/storage/src/orders/commit-order.ts; the relay: services/storage/src/outbox/relay-outbox.ts',
        'publish in the request: services/storage/src/naive/publish-after-commit.ts',
        'the events without an outbox are put into it when the lab ends, and npm run audit lists them',
      ],
    };
  },
};

interface Stage {
  readonly system: Running;
  say(line: string): void;
}

interface Asked {
  readonly rate: number;
  readonly seconds: number;
  readonly seed: number;
  /** Called when the first answer is there. */
  readonly begun?: () => void;
}

async function stretch({ system, say }: Stage, name: string, { begun, ...asked }: Asked): Promise<Stretch> {
  const journalFile = path.join(system.dataDir, 'journals', `spike-${asked.seed}-${Date.now()}.jsonl`);
  const over = new AbortController();
  const watching = waitingMax(system, over.signal);
  const ms: number[] = [];
  const { orders } = await runLoad(auditedSystem(system), {
    ...asked,
    customers: CUSTOMERS,
    journalFile,
    audit: false,
    replaysMax: 0,
    answered: ({ sentAt }) => {
      ms.push(Date.now() - sentAt);
      if (ms.length === 1) begun?.();
    },
  }).finally(() => over.abort());
  const { sent, first, end } = orders;
  const failed = first.notDone + first.unknown;
  const undone = end.notDone + end.unknown;
  const row = { name, sent, failed, undone, ms: quantiles(ms), waitingMax: await watching, journalFile };
  say(
    `  ${name.padEnd(42)}${String(sent).padEnd(8)}${String(failed).padEnd(8)}${String(row.ms.p50).padEnd(8)}${String(row.ms.p99).padEnd(8)}${row.waitingMax ?? 'not seen'}`,
  );
  return row;
}

/** Undefined when no replica of storage ever said how many wait. */
async function waitingMax(system: Running, over: AbortSignal): Promise<number | undefined> {
  let most: number | undefined;
  while (!over.aborted) {
    const waiting = await outboxWaiting(system);
    if (waiting !== undefined) most = Math.max(most ?? 0, waiting);
    await sleep(POLL_MS);
  }
  return most;
}

async function without<T>(system: Running, names: readonly string[], work: () => Promise<T>): Promise<T> {
  try {
    for (const name of names) await freeze(system, name);
    return await work();
  } finally {
    await heal(system);
  }
}

async function spikeUnder(stage: Stage, rate: number, seconds: number) {
  const { system } = stage;
  let thawedAt = 0;
  const spiked = await without(system, ['analytics-1'], async () => {
    let cutting: Promise<void> = Promise.resolve();
    const begun = (): void => {
      cutting = sleep((seconds / 2) * 1_000).then(() => freeze(system, 'kafka'));
    };
    const done = await stretch(stage, `${rate} a second; no analytics, then no Kafka`, {
      rate,
      seconds,
      seed: 3,
      begun,
    });
    await cutting;
    thawedAt = Date.now();
    return done;
  });
  while ((await outboxWaiting(system)) !== 0) {
    if (Date.now() - thawedAt > DRAINED_MS_MAX) throw new Error('the outbox does not drain');
    await sleep(POLL_MS);
  }
  return { spiked, drainedMs: Date.now() - thawedAt };
}

/** With each journal: what the client was told must be there. */
async function auditEach(system: Running, journalFiles: readonly string[]) {
  const reports: AuditReport[] = [];
  for (const journalFile of journalFiles) {
    const options = { waitMs: AUDIT_WAIT_MS, journalFile, progress: () => undefined };
    reports.push(await audit(auditedSystem(system), options));
  }
  const breaches = Math.max(...reports.map((report) => report.breaches));
  return { breaches, unanswered: unansweredIn(...reports), last: reports.at(-1) as AuditReport };
}

/** A few seconds are some 20 orders, whose p99 is the slowest of them: there the median is looked at. */
function comparison(usual: Stretch, cut: Stretch, { short }: Options): { sentence: string; held: boolean } {
  const [before, after] = short ? [usual.ms.p50, cut.ms.p50] : [usual.ms.p99, cut.ms.p99];
  const most = short ? 2 : 1.2;
  return {
    sentence: `without Kafka the ${short ? 'median' : 'p99'} of an order is at most ${most} × what it was`,
    held: after <= before * most,
  };
}

/** Orders that are published by who is asked for them, while Kafka is away. */
async function inTheRequest({ system, say }: Stage, before: AuditReport) {
  const customer = await wallet(system.url);
  const ms: number[] = [];
  const answers: RawAnswer[] = [];
  await without(system, ['kafka'], async () => {
    for (let n = 0; n < NAIVE_ORDERS; n++) {
      const startedAt = performance.now();
      answers.push(await rawOrder(system.url, customer, { cafeId: CAFE, key: randomUUID(), without: 'outbox' }));
      ms.push(performance.now() - startedAt);
    }
  });
  const after = await verdictOf(system);
  const seen = [...new Set(answers.map(({ status, reason }) => `${status} ${reason}`.trim()))].join(', ');
  say(`\n  published in the request, Kafka away: ${seen}, ${Math.round(Math.max(...ms))} ms at most`);
  return {
    troubled: answers.filter(({ status }, at) => status !== 201 || (ms[at] ?? 0) > SLOW_MS).length,
    seen,
    msMin: Math.min(...ms),
    msMax: Math.max(...ms),
    charged: await customer.charges(),
    uncounted: newBreaches(before, after, 'analytics is the truth'),
    traceId: answers[0]?.traceId ?? '',
  };
}
