/**
 * Partial failure (idea 4): parts fail alone. Each process is killed (kill -9) under load, one after another, Postgres and
 * Kafka included; the rest goes on, and afterwards the audit holds what the client was told against the stores.
 */
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runLoad } from '../load/load.ts';
import { auditedSystem } from '../tools/system/audited.ts';
import { kill, untilReady } from '../tools/system/faults.ts';
import { askStatus, type Running } from '../tools/system/running.ts';
import type { Finding, Lab, Options } from './lab.ts';
import { unansweredIn, verdictOf } from './verdict.ts';

const RATE = 15;
const CUSTOMERS = 5;
/** Before the kill, and after everything is well again. */
const STEADY_ORDERS = 15;
const READY_MS_MAX = 60_000;
/** The load ends with the last kill; a busy machine takes so long for thirteen. */
const SECONDS_MAX = 600;
const POLL_MS = 20;

/** One of each kind that fails in a way of its own: a stateless one, the one that writes, and the stores. */
const SHORT = ['gateway-1', 'storage-1', 'postgres', 'kafka'];

interface Killed {
  readonly name: string;
  readonly orders: number;
  /** First answers that were not "done". */
  readonly troubled: number;
  readonly firstSuccessMs: number;
  readonly readyMs: number;
}

export const partialFailure: Lab = {
  name: 'partial-failure',
  ideas: [4],
  question: 'Any one process is killed. What goes on, how long until all is well, and was anything lost?',
  prediction: {
    ask: 'A process is killed under load. How many orders are lost or doubled?',
    answers: ['Those that were in it', 'One a kill, or so', 'None'],
    right: 2,
  },
  with: 'replicas, a supervisor, keys',
  seconds: { short: 25, full: 56 },
  code: ['tools/system/supervised.ts', 'topology.ts', 'services/storage/src/idempotency/once.ts'],

  async run(system, say, options): Promise<Finding> {
    const names = await namesOf(system, options);
    say(`${RATE} orders a second while each of ${names.length} processes is killed (kill -9) and started again\n`);
    say(`  ${'killed'.padEnd(18)}orders  troubled  first success  ready again`);
    const before = await verdictOf(system);
    const { killed, result } = await killUnderLoad(system, names, say);
    const failures = result.failures.filter((one) => !one.startsWith(OF_THE_AUDIT));
    for (const failure of failures) say(`    ${failure}`);
    const audited = typeof result.audit === 'object' ? result.audit : undefined;
    const breaches = audited && audited.breaches - before.breaches;
    const slowest = killed.reduce((worst, one) => (one.firstSuccessMs > worst.firstSuccessMs ? one : worst));
    const resolved = result.traces[RESOLVED];
    return {
      expectations: [
        {
          sentence: 'every order ends in done or refused, and each key gives the same bytes again',
          held: failures.length === 0,
        },
        {
          sentence: 'the audit finds nothing new after all of the kills',
          held: breaches === 0,
          notSeen: notSeenOf(breaches, audited ? unansweredIn(before, audited) : `the audit (${result.audit})`),
        },
      ],
      withPattern: `${killed.length} kills, ${result.orders.sent} orders, ${breaches ?? 'not audited:'} lost or doubled; the longest wait for a success was ${seconds(slowest.firstSuccessMs)} (${slowest.name})`,
      picture: {
        title: 'seconds from the kill to the next order that is done',
        bars: killed.map(({ name, firstSuccessMs }) => ({ name, value: firstSuccessMs / 1_000 })),
      },
      lookAt: [
        ...(resolved ? [`an order that met a kill: ${system.tracesUrl}/api/traces/${resolved}`] : []),
        'who stands in for whom: "when it fails" in README.md, onFailure in topology.ts',
        'who starts it again: tools/system/supervised.ts here, the kubelet in a cluster',
        'npm run status; npm run audit',
      ],
    };
  },
};

/** A breach is one, whatever else the audit could not look at. */
const notSeenOf = (breaches: number | undefined, missing: string | undefined): string | undefined =>
  breaches ? undefined : missing;

async function namesOf(system: Running, { short }: Options): Promise<string[]> {
  const { processes } = await askStatus(system.dataDir);
  return (
    processes
      .filter(({ kind }) => kind !== 'runner')
      .map(({ name }) => name)
      // What may be running this very lab: it would end with it.
      .filter((name) => name !== 'lab-runner')
      .filter((name) => !short || SHORT.includes(name))
  );
}

/** One load over all the kills: its customers are made once, and what it was told is held against the stores once. */
async function killUnderLoad(system: Running, names: readonly string[], say: (line?: string) => void) {
  const end = new AbortController();
  const done: number[] = []; // when each order that was answered with "done" was sent
  const first: boolean[] = []; // whether each first answer was definite
  const loading = runLoad(auditedSystem(system), {
    seed: 1,
    rate: RATE,
    seconds: SECONDS_MAX,
    customers: CUSTOMERS,
    journalFile: path.join(system.dataDir, 'journals', `partial-failure-${Date.now()}.jsonl`),
    signal: end.signal,
    answered: ({ sentAt, attempt, outcome }) => {
      if (outcome === 'ok') done.push(sentAt);
      if (attempt === 1) first.push(outcome === 'ok' || outcome === 'refused');
    },
  });
  const killEach = async (): Promise<Killed[]> => {
    const killed: Killed[] = [];
    for (const name of names) {
      const sofar = first.length;
      const times = await measure(system, name, done);
      const answers = first.slice(sofar);
      const one = { name, ...times, orders: answers.length, troubled: answers.filter((definite) => !definite).length };
      say(rowOf(one));
      killed.push(one);
    }
    return killed;
  };
  const [result, killed] = await Promise.all([loading, killEach().finally(() => end.abort())]);
  return { killed, result };
}

/** As load/result.ts names it. */
const RESOLVED = 'an order that was unknown, asked again';

/** As load/result.ts begins them. They have an expectation of their own: new breaches, or what was not seen. */
const OF_THE_AUDIT = 'the audit ';

async function measure(system: Running, name: string, done: readonly number[]) {
  await until(() => done.length >= STEADY_ORDERS, `no ${STEADY_ORDERS} orders were done before the kill`);
  const killedAt = Date.now();
  await kill(system, name);
  await until(() => done.some((sentAt) => sentAt > killedAt), `no order was done after ${name} was killed`);
  const firstSuccessMs = Date.now() - killedAt;
  await untilReady(system, name, READY_MS_MAX);
  const readyMs = Date.now() - killedAt;
  const sofar = done.length;
  await until(() => done.length >= sofar + STEADY_ORDERS, `orders are not done again after ${name} was killed`);
  return { firstSuccessMs, readyMs };
}

async function until(condition: () => boolean, otherwise: string): Promise<void> {
  const giveUpAt = Date.now() + READY_MS_MAX;
  while (!condition()) {
    if (Date.now() > giveUpAt) throw new Error(`${otherwise} in ${READY_MS_MAX / 1_000} s`);
    await sleep(POLL_MS);
  }
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

const rowOf = ({ name, orders, troubled, firstSuccessMs, readyMs }: Killed): string =>
  [
    `  ${name.padEnd(18)}${String(orders).padEnd(8)}${String(troubled).padEnd(10)}`,
    `${`after ${seconds(firstSuccessMs)}`.padEnd(15)}after ${seconds(readyMs)}`,
  ].join('');
