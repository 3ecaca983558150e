/**
 * Transparency (idea 19): a client sends the same request again and again while everything underneath is moved: replicas
 * come, go, are restarted, one is frozen. It knows one address, and should notice nothing but time.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { addReplica, freeze, removeReplica, restart, thaw, untilReady } from '../tools/system/faults.ts';
import type { Running } from '../tools/system/running.ts';
import { type Customer, rawOrder, wallet } from './client.ts';
import { atMost } from './expectation.ts';
import type { Finding, Lab } from './lab.ts';
import { replicasOf } from './metrics.ts';
import { unansweredIn, verdictOf } from './verdict.ts';

const CAFE = 'station';
const READY_MS_MAX = 60_000;
const GAP_MS = 100;
/** 454 orders, at 10 a second at most. */
const START_CENTS = 100_000;
/** Before the first move and after each. */
const STEADY_ORDERS = 5;
const FROZEN_MS = 3_000;
const POLL_MS = 20;

interface Move {
  readonly what: string;
  /** Somebody wanted it, so nobody may notice. A frozen process is a fault. */
  readonly planned: boolean;
  make(system: Running): Promise<void>;
}

const restarted = (...names: readonly string[]): Move => ({
  what: `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} restarted`,
  planned: true,
  make: async (system) => {
    await Promise.all(names.map((name) => restart(system, name)));
    for (const name of names) await untilReady(system, name, READY_MS_MAX);
  },
});

const grown = (service: string): Move => ({
  what: `a replica of ${service} is added, then removed`,
  planned: true,
  make: async (system) => removeReplica(system, await addReplica(system, service)),
});

const frozen = (name: string): Move => ({
  what: `${name} is frozen for ${FROZEN_MS / 1_000} s`,
  planned: false,
  make: async (system) => {
    await freeze(system, name);
    await sleep(FROZEN_MS);
    await thaw(system, name);
    await untilReady(system, name, READY_MS_MAX);
  },
});

const SHORT = [grown('storage'), restarted('gateway-1'), restarted('business-logic-1'), frozen('storage-1')];
const FULL = [
  grown('gateway'),
  grown('business-logic'),
  ...SHORT,
  restarted('storage-1'),
  // One replica of each is left.
  restarted('gateway-2', 'business-logic-2', 'storage-2'),
  restarted('analytics-1'),
  restarted('auth-1'),
  // There is one of it, and who asks it has nobody else to ask.
  { ...restarted('load-balancer'), planned: false },
  frozen('business-logic-1'),
];

interface Noticed {
  readonly what: string;
  readonly planned: boolean;
  readonly orders: number;
  /** First answers that were not 201. */
  readonly troubled: number;
  readonly lost: number;
  readonly msMax: number;
}

export const transparency: Lab = {
  name: 'transparency',
  ideas: [19],
  fallacy: 'topology does not change',
  question: 'Everything underneath is moved while a client orders. What does it notice?',
  prediction: {
    ask: 'Replicas are added, removed, restarted and frozen while a client orders. How many orders are lost?',
    answers: ['One a restart', 'A few', 'None'],
    right: 2,
  },
  with: 'one address in front of all',
  without: "a process's own address",
  seconds: { short: 23, full: 52 },
  code: [
    'tools/infrastructure/load-balancer/gateways.ts',
    'libs/rpc/src/balancing/replica-lists.ts',
    'libs/lifecycle/src/lifecycle.ts',
  ],

  async run(system, say, { short }): Promise<Finding> {
    const before = await verdictOf(system);
    say(`  ${'meanwhile'.padEnd(56)}orders  noticed  slowest ms`);
    const steady = await during(system, STILL);
    say(rowOf(steady));
    const noticed: Noticed[] = [];
    for (const move of short ? SHORT : FULL) {
      const one = await during(system, move);
      say(rowOf(one));
      noticed.push(one);
    }
    say('\nthe same, but the client knows one gateway by its own address');
    const bare = await during(system, restarted('gateway-1'), await addressOf(system, 'gateway-1'));
    say(rowOf(bare));
    const after = await verdictOf(system);
    const planned = noticed.filter((one) => one.planned);
    const sum = (of: readonly Noticed[], what: 'orders' | 'troubled' | 'lost') =>
      of.reduce((total, one) => total + one[what], 0);
    return {
      expectations: [
        { sentence: 'whatever is moved, each order is done in the end, once', held: sum(noticed, 'lost') === 0 },
        {
          sentence: `of what was planned ${TROUBLED_SHARE_MAX * 100} % of the first answers at most are not 201`,
          held: sum(planned, 'troubled') <= TROUBLED_SHARE_MAX * sum(planned, 'orders'),
        },
        atMost('the audit finds nothing new', after.breaches === before.breaches, unansweredIn(before, after)),
        { sentence: 'who knows a process instead of the system notices its restart', held: bare.troubled > 0 },
      ],
      withPattern: `${noticed.length} moves, ${sum(noticed, 'orders')} orders, ${sum(noticed, 'troubled')} first answers that were not 201 (${sum(planned, 'troubled')} of them in planned moves), ${sum(noticed, 'lost')} lost`,
      withoutPattern: `1 move, ${bare.orders} orders, ${bare.troubled} first answers that were not 201`,
      picture: {
        title: 'first answers that were not 201, %',
        bars: [
          { name: 'planned moves', value: (100 * sum(planned, 'troubled')) / sum(planned, 'orders') },
          { name: 'a process known by its own address', value: (100 * bare.troubled) / bare.orders, without: true },
        ],
      },
      lookAt: [
        'one address in front: tools/infrastructure/load-balancer/gateways.ts',
        'one channel to all replicas, which follows their list: libs/rpc/src/balancing/replica-lists.ts',
        'who ends in order loses nothing: libs/lifecycle/src/lifecycle.ts',
      ],
    };
  },
};

/** A break of a connection that was just handed a request is a matter of luck on a busy machine. */
const TROUBLED_SHARE_MAX = 0.02;

const STILL: Move = { what: 'nothing is moved', planned: true, make: () => sleep(1_000) };

const rowOf = ({ what, orders, troubled, msMax }: Noticed): string =>
  `  ${what.padEnd(56)}${String(orders).padEnd(8)}${String(troubled).padEnd(9)}${Math.round(msMax)}`;

async function during(system: Running, move: Move, url = system.url): Promise<Noticed> {
  const customer = await wallet(system.url, START_CENTS);
  const over = new AbortController();
  const seen: Seen[] = [];
  const ordering = orderOn(url, customer, { seen, over: over.signal });
  const moving = (async () => {
    await until(() => seen.length >= STEADY_ORDERS, ordering);
    await move.make(system);
    const sofar = seen.length;
    await until(() => seen.length >= sofar + STEADY_ORDERS, ordering);
  })().finally(() => over.abort());
  await Promise.all([moving, ordering]);
  return {
    what: move.what,
    planned: move.planned,
    orders: seen.length,
    troubled: seen.filter(({ troubled }) => troubled).length,
    lost: seen.length - (await customer.charges()),
    msMax: Math.max(...seen.map(({ ms }) => ms)),
  };
}

interface Seen {
  readonly ms: number;
  readonly troubled: boolean;
}

async function orderOn(
  url: string,
  customer: Customer,
  { seen, over }: { seen: Seen[]; over: AbortSignal },
): Promise<void> {
  while (!over.aborted) {
    const startedAt = performance.now();
    const first = await untilDone(url, customer);
    seen.push({ ms: performance.now() - startedAt, troubled: first !== 201 });
    await sleep(GAP_MS);
  }
}

const ATTEMPTS_MAX = 20;
const BACKOFF_MS = 100;
const NO_CONNECTION = 0;
const AGAIN = new Set([NO_CONNECTION, 429, 503, 504]);

/** One order under one key until it is done; gives its first answer. */
async function untilDone(url: string, customer: Customer): Promise<number> {
  const key = randomUUID();
  let first: number | undefined;
  for (let attempts = 1; attempts <= ATTEMPTS_MAX; attempts++) {
    const status = await statusOf(url, customer, key);
    first ??= status;
    if (status === 201) return first;
    if (!AGAIN.has(status)) throw new Error(`an order was answered with ${status}`);
    await sleep(BACKOFF_MS * attempts);
  }
  throw new Error(`an order was not done in ${ATTEMPTS_MAX} attempts`);
}

async function statusOf(url: string, customer: Customer, key: string): Promise<number> {
  try {
    return (await rawOrder(url, customer, { cafeId: CAFE, key })).status;
  } catch (error) {
    if (error instanceof TypeError) return NO_CONNECTION; // of fetch: refused, or it broke
    throw error;
  }
}

/** Ends when it is true, or with what the ordering ended with. */
async function until(condition: () => boolean, ordering: Promise<void>): Promise<void> {
  let ended = false;
  const failed = ordering.finally(() => {
    ended = true;
  });
  while (!condition()) {
    if (ended) return failed;
    await sleep(POLL_MS);
  }
}

/** Past the load balancer. */
async function addressOf(system: Running, name: string): Promise<string> {
  const found = (await replicasOf(system, 'gateway')).find((one) => one.name === name);
  if (!found) throw new Error(`there is no process "${name}"`);
  return `http://127.0.0.1:${found.ports[0]}`;
}
