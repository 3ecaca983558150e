/**
 * The circuit breaker (idea 7): storage does not answer any more. Who asks it goes on waiting, or notices and refuses at
 * once, leaves it alone, and finds out by one call a second when it is well again.
 */
import type { Running } from '../tools/system/running.ts';
import { type Asked, askOnce, atRate, medianMs, msUntil } from './asking.ts';
import { untilClosed } from './breakers.ts';
import { type Customer, wallets } from './client.ts';
import { atLeast, atMost } from './expectation.ts';
import type { Finding, Lab } from './lab.ts';
import { answeredIn, attemptsIn } from './spans.ts';
import { tracesOf } from './traces.ts';

const FAULT = 'storage.ReadWallet=delay:10000/server';
const PER_SECOND = 25;
const CUSTOMERS = 5;
const HEALED_SECONDS = 5;
const OPENED_MS_MAX = 2_000;
/** For how the answers are while it is open: by then it is. */
const SETTLED_MS = 3_000;
const CLOSED_MS_MAX = 5_000;

interface Outcome {
  readonly silent: readonly Asked[];
  /** Attempts at storage, of the requests while it was silent. */
  readonly attempts: number;
  /** Of the traces that they were counted in. */
  readonly missing: string | undefined;
  readonly openedMs: number | undefined;
  readonly closedMs: number | undefined;
  /** Once it is open. */
  readonly medianMs: number;
}

export const circuitBreaker: Lab = {
  name: 'circuit-breaker',
  ideas: [7],
  question: 'A dependency does not answer any more. Does everyone wait for it?',
  prediction: {
    ask: 'Storage is silent. With the breaker, how long does a client wait for its answer?',
    answers: [
      'As long as without: until its budget is spent',
      'Single milliseconds, once the breaker is open',
      'There is no answer at all',
    ],
    right: 1,
  },
  with: 'a breaker per dependency',
  without: 'Seams-Without: breaker',
  seconds: { short: 25, full: 27 },
  code: ['libs/resilience/src/breaker.ts', 'libs/resilience/src/naive/without-breaker.ts'],

  async run(system, say, { short }): Promise<Finding> {
    const customers = await wallets(system.url, CUSTOMERS);
    const seconds = short ? 6 : 7;
    say(`${PER_SECOND} wallets a second are read; for ${seconds} s storage takes 10 s for each, then it is well\n`);
    say(`  ${''.padEnd(18)}asked  attempts at storage  opened    median answer then  closed after the heal`);
    const scene = { system, customers, seconds, say };
    const kept = await play(scene, undefined);
    const without = await play(scene, 'breaker');
    return {
      expectations: [
        {
          sentence: `the breaker opens within ${OPENED_MS_MAX / 1_000} s`,
          held: kept.openedMs !== undefined && kept.openedMs <= OPENED_MS_MAX,
        },
        { sentence: 'while it is open the answer comes at once', held: kept.medianMs < without.medianMs / 5 },
        {
          sentence: `it closes within ${CLOSED_MS_MAX / 1_000} s after the heal`,
          held: kept.closedMs !== undefined && kept.closedMs <= CLOSED_MS_MAX,
        },
        atMost('storage is asked less than once per request', kept.attempts < kept.silent.length, kept.missing),
        { sentence: 'without it every client waits', held: without.openedMs === undefined },
        atLeast(
          'and storage is asked more often than there are requests',
          without.attempts >= without.silent.length,
          without.missing,
        ),
      ],
      withPattern: numbersOf(kept),
      withoutPattern: numbersOf(without),
      picture: {
        title: 'ms to an answer while storage is silent, median',
        bars: [
          { name: 'with the breaker', value: kept.medianMs },
          { name: 'without it', value: without.medianMs, without: true },
        ],
      },
      lookAt: [
        `refused at once (policy.refused): ${system.tracesUrl}/api/traces/${kept.silent.at(-1)?.traceId}`,
        `waiting twice (policy.retry): ${system.tracesUrl}/api/traces/${without.silent.at(-1)?.traceId}`,
        'seams_policy_breaker_state at the ops port of business-logic; libs/resilience/src/breaker.ts',
      ],
    };
  },
};

const numbersOf = ({ medianMs: ms, attempts, silent }: Outcome): string =>
  `${ms.toFixed(0)} ms to an answer, ${attempts} attempts at storage for ${silent.length} requests`;

interface Scene {
  readonly system: Running;
  readonly customers: readonly Customer[];
  readonly seconds: number;
  say(line?: string): void;
}

async function play({ system, customers, seconds, say }: Scene, without: string | undefined): Promise<Outcome> {
  const read = (faults?: string) => (n: number) => {
    const { token } = customers[n % customers.length] as Customer;
    return askOnce(system.url, { path: '/v1/wallet', token, faults, without });
  };
  const reader = await tracesOf(system);
  const silentSince = Date.now();
  const sent = await atRate(PER_SECOND, (count) => count < seconds * PER_SECOND, read(FAULT));
  // Who waits keeps a place at the gateway, and what comes on top is refused there (docs/overload.md): it asked nobody.
  const silent = sent.filter(({ reason }) => reason !== 'overloaded');
  const healedAt = Date.now();
  const healed = await atRate(PER_SECOND, (sent) => sent < HEALED_SECONDS * PER_SECOND, read());
  await untilClosed(system, () => askOnce(system.url, { path: '/v1/wallet', token: customers[0]?.token ?? '' }));
  const traceIds = silent.map(({ traceId }) => traceId);
  const { traces, missing } = await reader.read(traceIds, { complete: answeredIn });
  const isOpen = ({ reason }: Asked): boolean => reason === 'circuit_open';
  const outcome = {
    silent,
    missing,
    attempts: traces.reduce((sum, trace) => sum + attemptsIn(trace, 'business-logic', 'ReadWallet'), 0),
    openedMs: msUntil(silent, silentSince, { share: 0.8, so: isOpen }),
    closedMs: msUntil(healed, healedAt, { share: 1, so: ({ status }) => status === 200 }),
    medianMs: medianMs(silent.filter(({ sentAt }) => sentAt > silentSince + SETTLED_MS)),
  };
  say(rowOf(without, outcome));
  return outcome;
}

function rowOf(without: string | undefined, { silent, attempts, openedMs, closedMs, medianMs: ms }: Outcome): string {
  const after = (at: number | undefined): string => (at === undefined ? 'never' : `${(at / 1_000).toFixed(1)} s`);
  return [
    `  ${(without ? `without ${without}` : 'with the breaker').padEnd(18)}${String(silent.length).padEnd(7)}`,
    `${String(attempts).padEnd(21)}${after(openedMs).padEnd(10)}${`${ms.toFixed(0)} ms`.padEnd(20)}${after(closedMs)}`,
  ].join('');
}
