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
import { atMost } from './expectation.ts';
import type { Finding, Lab, Options } from './lab.ts';
import { verdictOf } from './verdict.ts';

const RATE = 15;
const CUSTOMERS = 5;
/** Before the kill, and after everything is well again. */
const STEADY_ORDERS = 15;
const READY_MS_MAX = 60_000;
const SECONDS_MAX = 180;
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
  readonly failures: readonly string[];
  /** Undefined when the audit could not be done. */
  readonly newBreaches: number | undefined;
  /** Why it could not. */
  readonly notAudited: string | undefined;
  /** Trace of an order that was unknown when its answer did not come, and was asked for again. */
  readonly resolved: string | undefined;
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
  code: ['tools/system/supervised.ts', 'topology.ts', 'services/storage/src/idempotency/once.ts'],

  async run(system, say, options): Promise<Finding> {
    const names = await namesOf(system, options);
    say(`${RATE} orders a second while each of ${names.length} processes is killed (kill -9) and started again\n`);
    say(`  ${'killed'.padEnd(18)}orders  troubled  first success  ready again  lost or doubled`);
    const killed: Killed[] = [];
    for (const [seed, name] of names.entries()) {
      const one = await killUnderLoad(system, name, seed + 1);
      say(rowOf(one));
      for (const failure of one.failures) say(`    ${failure}`);
      killed.push(one);
    }
    const orders = killed.reduce((sum, one) => sum + one.orders, 0);
    const breaches = killed.reduce((sum, one) => sum + (one.newBreaches ?? 0), 0);
    const unaudited = killed.find(({ newBreaches }) => newBreaches === undefined);
    const slowest = killed.reduce((worst, one) => (one.firstSuccessMs > worst.firstSuccessMs ? one : worst));
    return {
      expectations: [
        {
          sentence: 'every order ends in done or refused, and each key gives the same bytes again',
          held: killed.every(({ failures }) => failures.length === 0),
        },
        atMost(
          'the audit finds nothing new after any of the kills',
          breaches === 0,
          unaudited && `the audit after the kill of ${unaudited.name} (${unaudited.notAudited})`,
        ),
      ],
      withPattern: `${killed.length} kills, ${orders} orders, ${breaches} lost or doubled; the longest wait for a success was ${seconds(slowest.firstSuccessMs)} (${slowest.name})`,
      picture: {
        title: 'seconds from the kill to the next order that is done',
        bars: killed.map(({ name, firstSuccessMs }) => ({ name, value: firstSuccessMs / 1_000 })),
      },
      lookAt: [
        ...killed.flatMap(({ name, resolved }) =>
          resolved ? [`an order that met the kill of ${name}: ${system.tracesUrl}/api/traces/${resolved}`] : [],
        ),
        'who stands in for whom: "when it fails" in README.md, whenCut in topology.ts',
        'who starts it again: tools/system/supervised.ts here, the kubelet in a cluster',
        'npm run status; npm run audit',
      ],
    };
  },
};

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

async function killUnderLoad(system: Running, name: string, seed: number): Promise<Killed> {
  const before = await verdictOf(system);
  const end = new AbortController();
  const done: number[] = []; // when each order that was answered with "done" was sent
  const loading = runLoad(auditedSystem(system), {
    seed,
    rate: RATE,
    seconds: SECONDS_MAX,
    customers: CUSTOMERS,
    journalFile: path.join(system.dataDir, 'journals', `partial-failure-${name}-${Date.now()}.jsonl`),
    signal: end.signal,
    answered: ({ sentAt, outcome }) => {
      if (outcome === 'ok') done.push(sentAt);
    },
  });
  const measured = measure(system, name, done).finally(() => end.abort());
  const [result, times] = await Promise.all([loading, measured]);
  const { sent, first } = result.orders;
  const report = result.audit;
  return {
    ...times,
    name,
    orders: sent,
    troubled: sent - first.done - first.refused,
    failures: result.failures.filter((failure) => failure !== AUDIT_NOT_CLEAN && !failure.startsWith(AUDIT_NOT_DONE)),
    resolved: result.traces[RESOLVED],
    newBreaches: typeof report === 'object' ? report.breaches - before.breaches : undefined,
    notAudited: typeof report === 'object' ? undefined : report,
  };
}

/** As load/result.ts names it. */
const RESOLVED = 'an order that was unknown, asked again';

/** Judged by new breaches instead: a system on which labs did without a pattern is red already. */
const AUDIT_NOT_CLEAN = 'the audit is not clean';
const AUDIT_NOT_DONE = 'the audit could not be done: ';

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

const rowOf = ({ name, orders, troubled, firstSuccessMs, readyMs, newBreaches }: Killed): string =>
  [
    `  ${name.padEnd(18)}${String(orders).padEnd(8)}${String(troubled).padEnd(10)}`,
    `${`after ${seconds(firstSuccessMs)}`.padEnd(15)}${`after ${seconds(readyMs)}`.padEnd(13)}${newBreaches ?? 'not audited'}`,
  ].join('');
