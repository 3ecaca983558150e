/**
 * Fault is not failure (idea 5): a part is broken, and the user's answer is right all the same. Each fault strikes one
 * order; the trace shows it; the first answer is what the user saw.
 */
import { randomUUID } from 'node:crypto';
import type { Trace } from '../tools/order/trace.ts';
import type { Running } from '../tools/system/running.ts';
import { type Customer, rawOrder, wallet } from './client.ts';
import { atLeast, missingOf } from './expectation.ts';
import type { Finding, Lab } from './lab.ts';
import { faultsIn } from './spans.ts';
import { type Traces, tracesOf } from './traces.ts';
import { COUNTED_MS_MAX } from './verdict.ts';

const CAFE = 'library';
const ORDERS = 5;

/** What each part does about it stands in topology.ts: `attemptsMax` and `onFailure` of its arrow. */
const TOLERATED = [
  { what: 'a request to storage is lost', faults: 'storage.CommitOrder=drop-request*1' },
  { what: 'a reply of storage is lost', faults: 'storage.CommitOrder=drop-reply*1' },
  { what: 'one storage replica is overloaded', faults: 'storage.CommitOrder=error:overloaded*1' },
  { what: 'the menu cannot be read at first', faults: 'storage.ReadMenu=drop-request*1' },
  { what: 'auth is slow', faults: 'auth.Authenticate=delay:150*1' },
  { what: 'the commit is slow', faults: 'storage.commit=delay:150*1' },
  { what: 'Kafka does not take the event', faults: 'relay.Publish=error:unavailable' },
] as const;

/** Nobody asks a second time there, for the client holds the key: one layer retries, never two. */
const NOT_TOLERATED = [
  { what: 'business-logic cannot be reached', faults: 'business-logic.PlaceOrder=error:unavailable' },
];

export const faultIsNotFailure: Lab = {
  name: 'fault-is-not-failure',
  ideas: [5],
  question: 'A part is broken. Does the user notice?',
  prediction: {
    ask: 'Seven faults strike five orders each. How many users notice?',
    answers: ['All 35', 'About half', 'None'],
    right: 2,
  },
  with: 'a second attempt under the same key',
  without: 'where nobody asks again',
  seconds: { short: 8, full: 8 },
  code: ['topology.ts', 'libs/resilience/src/policy.ts'],

  async run(system, say): Promise<Finding> {
    const customer = await wallet(system.url);
    say(`  ${'fault'.padEnd(38)}orders  faults in the traces  failures`);
    const stage = { system, customer, reader: await tracesOf(system), say };
    const tolerated = await playAll(stage, TOLERATED);
    say('\nwhere nobody asks a second time');
    const bare = await playAll(stage, NOT_TOLERATED);
    const total = (of: readonly Played[], what: 'orders' | 'faults' | 'failures') =>
      of.reduce((sum, one) => sum + one[what], 0);
    return {
      expectations: [
        atLeast(
          'every fault is in its trace',
          [...tolerated, ...bare].every((one) => one.faults >= ORDERS),
          missingOf(...[...tolerated, ...bare].map(({ missing }) => missing)),
        ),
        { sentence: 'no user notices: each first answer is 201', held: total(tolerated, 'failures') === 0 },
        {
          sentence: 'where nobody asks again the fault is a failure, and the client hears that nothing was done',
          held: total(bare, 'failures') === total(bare, 'orders'),
        },
      ],
      withPattern: `${total(tolerated, 'faults')} faults, ${total(tolerated, 'failures')} failures`,
      withoutPattern: `${total(bare, 'faults')} faults, ${total(bare, 'failures')} failures`,
      picture: {
        title: 'failures for each hundred faults',
        bars: [
          {
            name: 'a second attempt under the same key',
            value: (100 * total(tolerated, 'failures')) / total(tolerated, 'faults'),
          },
          {
            name: 'where nobody asks again',
            value: (100 * total(bare, 'failures')) / total(bare, 'faults'),
            without: true,
          },
        ],
      },
      lookAt: [
        ...tolerated.slice(0, 2).map(({ what, traceId }) => `${what}: ${system.tracesUrl}/api/traces/${traceId}`),
        'who tries again, how often and how long: arrows in topology.ts, libs/resilience/src/policy.ts',
      ],
    };
  },
};

interface Stage {
  readonly system: Running;
  readonly customer: Customer;
  readonly reader: Traces;
  say(line: string): void;
}

interface Played {
  readonly what: string;
  readonly orders: number;
  readonly faults: number;
  readonly failures: number;
  readonly traceId: string;
  /** Of the traces in which the faults were counted. */
  readonly missing: string | undefined;
}

async function playAll(stage: Stage, cases: readonly { what: string; faults: string }[]): Promise<Played[]> {
  const played: Played[] = [];
  for (const one of cases) {
    const result = await play(stage, one);
    const numbers = `${String(result.orders).padEnd(8)}${String(result.faults).padEnd(22)}${result.failures}`;
    stage.say(`  ${one.what.padEnd(38)}${numbers}`);
    played.push(result);
  }
  return played;
}

async function play(
  { system, customer, reader }: Stage,
  { what, faults }: { what: string; faults: string },
): Promise<Played> {
  let failures = 0;
  const traceIds: string[] = [];
  for (let n = 0; n < ORDERS; n++) {
    const answer = await rawOrder(system.url, customer, { cafeId: CAFE, key: randomUUID(), faults });
    if (answer.status !== 201) failures++;
    traceIds.push(answer.traceId);
  }
  // The relay's fault fires after the answer.
  const complete = (trace: Trace): boolean => faultsIn(trace) > 0;
  const { traces, missing } = await reader.read(traceIds, { complete, workMsMax: COUNTED_MS_MAX });
  const seen = traces.reduce((sum, trace) => sum + faultsIn(trace), 0);
  return { what, orders: ORDERS, faults: seen, failures, traceId: traceIds.at(-1) ?? '', missing };
}
