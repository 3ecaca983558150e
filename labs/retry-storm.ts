/**
 * The retry storm (idea 8): storage fails whatever it is asked. Each layer that tries again multiplies what arrives at the
 * one that is in trouble already; a budget, and one layer only, keep it at what it was.
 */
import type { Trace } from '../tools/order/trace.ts';
import type { Running } from '../tools/system/running.ts';
import { type Asked, askOnce, atRate } from './asking.ts';
import { untilClosed } from './breakers.ts';
import { type Customer, wallets } from './client.ts';
import { atLeast, atMost, missingOf } from './expectation.ts';
import type { Finding, Lab } from './lab.ts';
import { answeredIn, attemptsIn } from './spans.ts';
import { tracesOf } from './traces.ts';

const FAULT = 'storage.ReadWallet=error:unavailable/server';
const PER_SECOND = 20;
const CUSTOMERS = 5;
/** Retries that need not be earned (topology.ts), for each of the two replicas of business-logic. */
const RESERVE = 2 * 20;
const HOP_MAX = 1.1;
const CHAIN_MAX = 1.2;
const STORM_MIN = 8;

interface Outcome {
  readonly requests: number;
  /** Attempts at business-logic, by the gateways. */
  readonly atLogic: number;
  /** Attempts at storage, by business-logic. */
  readonly atStorage: number;
  /** Of the requests that had the time for all their attempts: a busy machine cuts others short. */
  readonly inTime: { readonly requests: number; readonly atStorage: number };
  readonly missing: string | undefined;
  readonly traceId: string;
}

export const retryStorm: Lab = {
  name: 'retry-storm',
  ideas: [8],
  question: 'Everything fails, and everyone tries again. What arrives at the one in trouble?',
  prediction: {
    ask: 'Storage fails each call, and two layers try three times each. How often is it asked per request?',
    answers: ['Three times', 'Six times', 'Nine times'],
    right: 2,
  },
  with: 'a retry budget, one layer that retries, a breaker',
  without: 'Seams-Without: retry-budget,breaker',
  seconds: { short: 22, full: 24 },
  code: ['libs/resilience/src/retry-budget.ts', 'libs/resilience/src/naive/without-retry-budget.ts'],

  async run(system, say, { short }): Promise<Finding> {
    const scene = { system, say, customers: await wallets(system.url, CUSTOMERS), requests: short ? 100 : 120 };
    say(
      `${scene.requests} wallets are read, ${PER_SECOND} a second, and storage fails each call; attempts counted in the traces\n`,
    );
    say(`  ${''.padEnd(34)}requests  at business-logic  at storage  per request`);
    const kept = await play(scene, undefined);
    const budget = await play(scene, 'breaker');
    const storm = await play(scene, 'retry-budget,breaker');
    return {
      expectations: [
        atMost(
          `attempts ÷ requests is at most ${HOP_MAX} at each hop`,
          kept.atLogic <= HOP_MAX * kept.requests && kept.atStorage <= HOP_MAX * kept.atLogic,
          kept.missing,
        ),
        atMost(`and at most ${CHAIN_MAX} over the chain`, kept.atStorage <= CHAIN_MAX * kept.requests, kept.missing),
        atMost(
          `without the breaker the budget alone keeps it at ${HOP_MAX} × requests and a reserve of ${RESERVE}`,
          budget.atStorage <= HOP_MAX * budget.requests + RESERVE,
          budget.missing,
        ),
        atLeast(
          'with neither, three attempts at each of two layers are nine for nearly every request that has the time',
          storm.inTime.requests >= storm.requests / 2 && storm.inTime.atStorage > STORM_MIN * storm.inTime.requests,
          missingOf(storm.missing, cutShortText(storm)),
        ),
      ],
      withPattern: `${perRequest(kept)} attempts at storage per request`,
      withoutPattern: `${perRequest(storm.inTime)} attempts at storage per request`,
      picture: {
        title: 'attempts at storage for one request',
        bars: [
          { name: 'budget and breaker', value: kept.atStorage / kept.requests },
          { name: 'the budget alone', value: budget.atStorage / budget.requests },
          { name: 'neither', value: storm.inTime.atStorage / storm.inTime.requests, without: true },
        ],
      },
      lookAt: [
        `one layer, in its budget: ${system.tracesUrl}/api/traces/${kept.traceId}`,
        `three times three: ${system.tracesUrl}/api/traces/${storm.traceId}`,
        'seams_policy_retries_denied_total at the ops ports; libs/resilience/src/retry-budget.ts',
      ],
    };
  },
};

/** Too few that had the time are no proof of what happens to a request that has it. */
const cutShortText = ({ inTime, requests }: Outcome): string | undefined =>
  inTime.requests >= requests / 2
    ? undefined
    : `${requests - inTime.requests} of ${requests} requests were cut short by their deadline or refused as overload`;

const perRequest = ({ atStorage, requests }: Pick<Outcome, 'atStorage' | 'requests'>): string =>
  (atStorage / requests).toFixed(2);

interface Scene {
  readonly system: Running;
  readonly customers: readonly Customer[];
  readonly requests: number;
  say(line?: string): void;
}

const isCutShort = ({ status, reason }: Asked): boolean => status === 504 || reason === 'overloaded';
const atStorageIn = (trace: Trace): number => attemptsIn(trace, 'business-logic', 'ReadWallet');
const sum = (traces: readonly Trace[], count: (trace: Trace) => number): number =>
  traces.reduce((total, trace) => total + count(trace), 0);

async function play({ system, customers, requests, say }: Scene, without: string | undefined): Promise<Outcome> {
  const read = (n: number): Promise<Asked> => {
    const { token } = customers[n % customers.length] as Customer;
    return askOnce(system.url, { path: '/v1/wallet', token, faults: FAULT, without });
  };
  const reader = await tracesOf(system);
  const asked = await atRate(PER_SECOND, (sent) => sent < requests, read);
  await untilClosed(system, () => askOnce(system.url, { path: '/v1/wallet', token: customers[0]?.token ?? '' }));
  const traceIds = asked.map(({ traceId }) => traceId);
  const { traces, missing } = await reader.read(traceIds, { complete: answeredIn });
  const cutShort = new Set(asked.filter(isCutShort).map(({ traceId }) => traceId));
  const inTime = traces.filter(({ traceID }) => !cutShort.has(traceID.padStart(32, '0')));
  const outcome = {
    requests,
    atLogic: sum(traces, (trace) => attemptsIn(trace, 'gateway', 'GetWallet')),
    atStorage: sum(traces, atStorageIn),
    inTime: { requests: inTime.length, atStorage: sum(inTime, atStorageIn) },
    missing,
    traceId: asked[0]?.traceId ?? '',
  };
  const row = [without ? `without ${without}` : 'with budget, one layer, breaker', requests, outcome.atLogic];
  const widths = [34, 10, 19];
  say(
    `  ${row.map((cell, at) => String(cell).padEnd(widths[at] ?? 0)).join('')}${String(outcome.atStorage).padEnd(12)}${perRequest(outcome)}`,
  );
  return outcome;
}
