/**
 * The price of distribution (idea 23): one machine is right while it suffices. The five services that run are asked for as many
 * orders as they can do, then the same services in one process, started for this on data of its own; both keep the same promises.
 * How it is measured in earnest, in turns and hop by hop: `npm run bench`.
 */
import { rmSync } from 'node:fs';
import path from 'node:path';
import { freeOffset } from '../tools/system/free-offset.ts';
import type { Running } from '../tools/system/running.ts';
import { spawnRunner, stopRunner, untilStarted } from '../tools/system/started.ts';
import { ordersFor, PLENTY_CENTS, wallets } from './client.ts';
import { atMost, missingOf } from './expectation.ts';
import type { Finding, Lab } from './lab.ts';
import { cpuBetween, cpuSeconds } from './metrics.ts';
import { unansweredIn, verdictOf } from './verdict.ts';

const CAFE = 'station';
/** Each orders again as soon as it has its answer. */
const CLIENTS = 16;
/** Code is slow until it has run often: a new process must not look dear for that. */
const SECONDS = { short: { warm: 4, measured: 4 }, full: { warm: 4, measured: 5 } } as const;
const READY_MS_MAX = 120_000;

interface Cost {
  readonly perSecond: number;
  readonly failed: number;
  /** Of the services' processes: not of Postgres, Kafka, the traces, the load balancer or the clients. */
  readonly cpuMs: number;
  /** Processes whose time is not in it. */
  readonly missing: string | undefined;
  readonly processes: number;
  readonly traceId: string;
  readonly newBreaches: number;
  /** Of the audits. */
  readonly unanswered: string | undefined;
}

export const priceOfDistribution: Lab = {
  name: 'price-of-distribution',
  ideas: [23],
  fallacy: 'transport cost is zero',
  question: 'The same services, the same promises, in one process: what do the calls between five cost?',
  prediction: {
    ask: 'One process takes some processor time for an order. How much do five services take for the same order?',
    answers: ['About the same: the work is the same', 'Half as much again', 'Twice as much or more'],
    right: 2,
  },
  with: 'one process, direct calls',
  without: 'five services, gRPC',
  seconds: { short: 33, full: 36 },
  code: ['single/src/compose.ts', 'libs/rpc/src/direct.ts', 'bench/shapes.ts'],

  async run(system, say, { short }): Promise<Finding> {
    const seconds = short ? SECONDS.short : SECONDS.full;
    say(
      `${CLIENTS} clients, each orders again when it has its answer: ${seconds.warm} s to warm up, ${seconds.measured} s measured\n`,
    );
    const five = await costOf(system, seconds);
    if (five.processes === 1) throw new Error('one process runs already: this lab begins with the five (npm start)');
    say(row('five services', five));
    say('  now the same in one process, with a Postgres and a Kafka of its own: some ten seconds to start');
    const one = await inOneProcess(system, (single) => costOf(single, seconds));
    say(row('one process', one));
    return {
      expectations: [
        { sentence: 'every order is done, by five and by one', held: five.failed + one.failed === 0 },
        atMost(
          'and the audits find nothing new',
          five.newBreaches + one.newBreaches === 0,
          missingOf(five.unanswered, one.unanswered),
        ),
        {
          sentence: 'five services take at least half as much again of the processor for an order',
          held: five.cpuMs > 1.5 * one.cpuMs,
          notSeen: missingOf(five.missing, one.missing),
        },
      ],
      withPattern: `${one.perSecond.toFixed(0)} orders/s, ${one.cpuMs.toFixed(1)} ms of the processor an order`,
      withoutPattern: `${five.perSecond.toFixed(0)} orders/s, ${five.cpuMs.toFixed(1)} ms of the processor an order: ${(five.cpuMs / one.cpuMs).toFixed(1)} times as much`,
      picture: {
        title: 'ms of the processor for an order',
        bars: [
          { name: 'one process', value: one.cpuMs },
          { name: 'five services', value: five.cpuMs, without: true },
        ],
      },
      lookAt: [
        `an order through five services: ${system.tracesUrl}/api/traces/${five.traceId}`,
        'what is composed: single/src/compose.ts; calls without a network: libs/rpc/src/direct.ts',
        'in turns, hop by hop, with the rungs between: npm run bench, docs/single.md',
      ],
    };
  },
};

const row = (how: string, { perSecond, failed, cpuMs, processes }: Cost): string =>
  `  ${how.padEnd(15)}${perSecond.toFixed(0).padStart(5)} orders/s, ${failed} failed, ${cpuMs.toFixed(1)} ms of the processor an order in ${processes} ${processes === 1 ? 'process' : 'processes'}`;

/** Started as a user would, on data that nobody keeps. */
async function inOneProcess<T>({ dataDir }: Running, work: (system: Running) => Promise<T>): Promise<T> {
  const folder = path.join(dataDir, 'lab-one-process');
  const start = { offset: await freeOffset(true), dataDir: folder, single: true, fresh: true };
  const runner = spawnRunner(start);
  try {
    const running = await untilStarted(runner, folder, READY_MS_MAX);
    const done = await work(running);
    await stopRunner(runner);
    return done;
  } finally {
    runner.child.kill('SIGINT'); // nothing when it has ended
    await runner.exited;
    rmSync(folder, { recursive: true, force: true });
  }
}

async function costOf(
  system: Running,
  { warm, measured }: { readonly warm: number; readonly measured: number },
): Promise<Cost> {
  const before = await verdictOf(system);
  const customers = await wallets(system.url, CLIENTS, PLENTY_CENTS);
  const load = (seconds: number) => ordersFor(seconds, system.url, customers, CAFE);
  await load(warm);
  const cpuBefore = await cpuSeconds(system);
  const beganAt = performance.now();
  const answers = await load(measured);
  const tookS = (performance.now() - beganAt) / 1_000;
  const cpuAfter = await cpuSeconds(system);
  const cpu = cpuBetween(cpuBefore, cpuAfter);
  const after = await verdictOf(system);
  const done = answers.filter(({ status }) => status === 201).length;
  return {
    perSecond: done / tookS,
    failed: answers.length - done,
    cpuMs: (cpu.seconds * 1_000) / Math.max(done, 1),
    missing: cpu.missing,
    processes: cpuAfter.size,
    traceId: answers.at(-1)?.traceId ?? '',
    newBreaches: after.breaches - before.breaches,
    unanswered: unansweredIn(before, after),
  };
}
