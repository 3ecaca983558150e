/**
 * Messages are lost, delayed, doubled and overtaken (idea 3): between two services, on the way to Kafka, and on the way
 * from Kafka to who counts. Then the total is looked at.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Trace } from '../tools/order/trace.ts';
import type { Running } from '../tools/system/running.ts';
import { type Customer, countedOf, type Definite, operatorToken, order, wallets } from './client.ts';
import { atLeast, atMost, missingOf } from './expectation.ts';
import type { Finding, Lab } from './lab.ts';
import { faultsIn, takenIn } from './spans.ts';
import { type Traces, tracesOf } from './traces.ts';
import { COUNTED_MS_MAX, newBreaches, unansweredIn, verdictOf } from './verdict.ts';

interface Case {
  readonly where: string;
  readonly what: string;
  readonly faults: string;
  /** Times that analytics takes the event. */
  readonly deliveries: number;
  readonly without?: string;
}

/** One for each of the cases that are played at once: what it has counted is this case's. */
const CAFES = ['garden', 'harbour', 'library', 'station'] as const;
const ORDERS = 3;

const TO_STORAGE: readonly Case[] = [
  { where: 'to storage', what: 'lost', faults: 'storage.CommitOrder=drop-request*1', deliveries: 1 },
  { where: 'to storage', what: 'reply lost', faults: 'storage.CommitOrder=drop-reply*1', deliveries: 1 },
  { where: 'to storage', what: 'delayed', faults: 'storage.CommitOrder=delay:200', deliveries: 1 },
  { where: 'to storage', what: 'doubled', faults: 'storage.CommitOrder=duplicate', deliveries: 1 },
];

const TO_KAFKA: readonly Case[] = [
  { where: 'to Kafka', what: 'lost', faults: 'relay.Publish=drop-request', deliveries: 1 },
  { where: 'to Kafka', what: 'reply lost', faults: 'relay.Publish=drop-reply', deliveries: 2 },
  { where: 'to Kafka', what: 'delayed, overtaken', faults: 'relay.Publish=delay:1000', deliveries: 1 },
  { where: 'to Kafka', what: 'doubled', faults: 'relay.Publish=duplicate', deliveries: 2 },
];

const TO_ANALYTICS: readonly Case[] = [
  { where: 'to analytics', what: 'lost', faults: 'analytics.OrderPlaced=drop-request', deliveries: 1 },
  { where: 'to analytics', what: 'reply lost', faults: 'analytics.OrderPlaced=drop-reply', deliveries: 1 },
  { where: 'to analytics', what: 'delayed', faults: 'analytics.OrderPlaced=delay:500', deliveries: 1 },
  { where: 'to analytics', what: 'doubled', faults: 'analytics.OrderPlaced=duplicate', deliveries: 1 },
];

const WITHOUT_DEDUPE: readonly Case[] = [
  { where: 'to Kafka', what: 'doubled', faults: 'relay.Publish=duplicate', deliveries: 2, without: 'dedupe' },
  {
    where: 'to analytics',
    what: 'reply lost',
    faults: 'analytics.OrderPlaced=drop-reply',
    deliveries: 1,
    without: 'dedupe',
  },
];

/** "Lost" without the outbox is lost for good: nobody sends it again. */
const WITHOUT_OUTBOX: Case = {
  ...{ where: 'to Kafka', what: 'lost', faults: 'storage.Publish=drop-request' },
  ...{ deliveries: 0, without: 'outbox' },
};

export const messages: Lab = {
  name: 'messages',
  ideas: [3],
  fallacy: 'the network is reliable',
  question: 'Messages are lost, delayed, doubled and overtaken. Is the total still right?',
  prediction: {
    ask: 'With the pattern, 36 orders have their messages lost, doubled, delayed or overtaken. How many are counted?',
    answers: ['Fewer: what is lost is lost', 'Exactly 36', 'More: what is doubled counts twice'],
    right: 1,
  },
  with: 'outbox and inbox',
  without: 'Seams-Without: dedupe, outbox',
  seconds: { short: 15, full: 15 },
  code: [
    'services/storage/src/outbox/relay-outbox.ts',
    'services/analytics/src/orders/totals-store.ts',
    'services/analytics/src/naive',
  ],

  async run(system, say): Promise<Finding> {
    const customers = await wallets(system.url, CAFES.length);
    const before = await verdictOf(system);
    say(`  ${'message'.padEnd(14)}${'what happens to it'.padEnd(22)}${'without'.padEnd(10)}orders  counted`);
    const token = await operatorToken(system);
    const counted = (cafeId: string) => countedOf(system.url, token, cafeId);
    const stage = { system, customers, reader: await tracesOf(system), counted, say };
    const real = [
      ...(await playAtOnce(stage, TO_STORAGE)),
      ...(await playInTurn(stage, TO_KAFKA)),
      ...(await playAtOnce(stage, TO_ANALYTICS)),
    ];
    const between = await verdictOf(system);
    const doubled = await playInTurn(stage, WITHOUT_DEDUPE);
    const withDoubled = await verdictOf(system);
    const lost = await playAtOnce(stage, [WITHOUT_OUTBOX]);
    const after = await verdictOf(system);
    const [overtaken, twice] = [real[6], doubled[0]];
    return {
      expectations: [
        {
          sentence: 'each order counts once, whatever happens to its messages',
          held: real.every(isRight),
          // One that is counted twice is so for good; one that is not counted may be yet.
          notSeen: real.some(({ orders, counted }) => counted > orders) ? undefined : missingIn(real),
        },
        atMost('and the audit finds nothing new', between.breaches === before.breaches, unansweredIn(before, between)),
        atLeast(
          'without dedupe a doubled or repeated delivery counts twice',
          doubled.every(({ orders, counted }) => counted === 2 * orders),
          missingIn(doubled),
        ),
        atLeast(
          'and the audit calls it out: "8 analytics is the truth"',
          newBreaches(between, withDoubled, 'analytics is the truth') > 0,
          unansweredIn(withDoubled),
        ),
        atMost(
          'without the outbox a lost message is lost for good',
          lost.every((one) => one.counted === 0),
          missingIn(lost),
        ),
        atLeast(
          'and the audit calls it out: "7 the outbox is complete"',
          newBreaches(withDoubled, after, 'the outbox is complete') > 0,
          unansweredIn(after),
        ),
      ],
      withPattern: `${sum(real, 'orders')} orders, ${sum(real, 'counted')} counted`,
      withoutPattern: `${sum(doubled, 'orders')} orders, ${sum(doubled, 'counted')} counted without dedupe; ${sum(lost, 'orders')} orders, ${sum(lost, 'counted')} counted without the outbox`,
      picture: {
        title: 'how often each order is counted',
        bars: [
          { name: 'outbox and inbox', value: sum(real, 'counted') / sum(real, 'orders') },
          { name: 'without dedupe', value: sum(doubled, 'counted') / sum(doubled, 'orders'), without: true },
          { name: 'without the outbox', value: sum(lost, 'counted') / sum(lost, 'orders'), without: true },
        ],
      },
      lookAt: [
        `an event that was held back: ${system.tracesUrl}/api/traces/${overtaken?.traceId}`,
        `an event that was taken twice: ${system.tracesUrl}/api/traces/${twice?.traceId}`,
        'outbox and relay: services/storage/src/outbox; the inbox: services/analytics/src/orders/totals-store.ts',
        'without them: services/storage/src/naive, services/analytics/src/naive',
        'what was lost and doubled is corrected when the lab ends, and npm run audit lists it',
      ],
    };
  },
};

interface Played {
  readonly orders: number;
  readonly counted: number;
  readonly traceId: string | undefined;
  /** Deliveries that were not seen, so they may still change what is counted. */
  readonly missing: string | undefined;
}

interface Stage {
  readonly system: Running;
  /** As many as there are cafés. */
  readonly customers: readonly Customer[];
  readonly reader: Traces;
  /** Orders that analytics has counted. */
  counted(cafeId: string): Promise<number>;
  say(line: string): void;
}

const missingIn = (played: readonly Played[]): string | undefined => missingOf(...played.map(({ missing }) => missing));
const isRight = ({ orders, counted }: Played): boolean => orders === counted;
const sum = (played: readonly Played[], what: 'orders' | 'counted'): number =>
  played.reduce((total, one) => total + one[what], 0);

/** What happens to one event on its way to Kafka happens to its whole batch, so others must not be in it. */
async function playInTurn(stage: Stage, cases: readonly Case[]): Promise<Played[]> {
  const played: Played[] = [];
  for (const one of cases) played.push(...(await playAtOnce(stage, [one])));
  return played;
}

async function playAtOnce(stage: Stage, cases: readonly Case[]): Promise<Played[]> {
  const played = await Promise.all(cases.map((one, at) => play(stage, one, at)));
  for (const [at, result] of played.entries()) {
    const { where, what, without = '' } = cases[at] as Case;
    stage.say(
      `  ${where.padEnd(14)}${what.padEnd(22)}${without.padEnd(10)}${String(result.orders).padEnd(8)}${result.counted}`,
    );
  }
  return played;
}

async function play(
  { system, customers, reader, counted }: Stage,
  { faults, without, deliveries }: Case,
  at: number,
): Promise<Played> {
  const [cafeId, customer] = [CAFES[at] as string, customers[at] as Customer];
  const before = await counted(cafeId);
  const placed: Definite[] = [];
  for (let n = 0; n < ORDERS; n++) {
    const answer = await order(system.url, customer, { cafeId, key: randomUUID(), faults, without });
    if (answer.status !== 201) throw new Error(`an order answered ${answer.status} ${answer.reason}`);
    placed.push(answer);
  }
  // The first attempt's trace: a repetition's has no event of its own.
  const traceIds = placed.map(({ first }) => first.traceId);
  const missing = await untilTaken(reader, traceIds, deliveries);
  const countedNow = (await counted(cafeId)) - before;
  return { orders: placed.length, counted: countedNow, traceId: traceIds[0], missing };
}

/** For what must never come there is no sign to wait for, only a time in which everything else would have come. */
const NEVER_MS = 2_000;

/**
 * Waits until analytics has taken each event that often, and each trace shows the fault.
 * @returns what was not seen
 * @throws Error when a fault did not fire
 */
async function untilTaken(
  reader: Traces,
  traceIds: readonly string[],
  deliveries: number,
): Promise<string | undefined> {
  if (deliveries === 0) await sleep(NEVER_MS);
  const complete = (one: Trace): boolean => takenIn(one) >= deliveries && faultsIn(one) > 0;
  const { traces, missing } = await reader.read(traceIds, { complete, workMsMax: COUNTED_MS_MAX });
  const spared = traces.find((trace) => faultsIn(trace) === 0);
  if (spared) throw new Error(`the fault did not fire in trace ${spared.traceID}`);
  const late = traces.filter((trace) => takenIn(trace) < deliveries).length;
  const deliveriesText = deliveries === 1 ? 'delivery' : `${deliveries} deliveries`;
  return missingOf(
    missing,
    late === 0 ? undefined : `the ${deliveriesText} of ${late} events within ${COUNTED_MS_MAX / 1_000} s`,
  );
}
