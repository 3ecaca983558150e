/**
 * Scaling (idea 18): a replica is added while orders go on, and takes its share of them with nobody restarted. More replicas are
 * more orders only until something else is used up; what that is here is measured too.
 */
import { randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Quantiles, quantiles } from '../load/statistics.ts';
import { serviceOf, type Trace } from '../tools/order/trace.ts';
import { addReplica, removeReplica } from '../tools/system/faults.ts';
import { askStatus, type Running } from '../tools/system/running.ts';
import { type Customer, ordersFor, PLENTY_CENTS, type RawAnswer, rawOrder, wallets } from './client.ts';
import { atLeast, atMost } from './expectation.ts';
import type { Finding, Lab } from './lab.ts';
import { cpuBetween, cpuSeconds } from './metrics.ts';
import { type Traces, tracesOf } from './traces.ts';

const CAFE = 'museum';
const SERVICE = 'business-logic';
/** Each orders again as soon as it has its answer: so much as the system bears, no more. */
const CLIENTS = 8;
const SECONDS = { short: 4, full: 6 } as const;
/** Orders whose traces are looked at for who served them. */
const TRACES = { short: 30, full: 100 } as const;
const USED_MS_MAX = 20_000;
const POLL_MS = 50;

interface Phase {
  readonly name: string;
  readonly perSecond: number;
  readonly failed: number;
  readonly ms: Quantiles;
  /** Orders that each replica served, of those looked at. */
  readonly served: ReadonlyMap<string, number>;
  /** Of their traces. */
  readonly missing: string | undefined;
  /** Cores that the services kept busy. */
  readonly cores: number;
}

export const scaling: Lab = {
  name: 'scaling',
  ideas: [18],
  fallacy: 'topology does not change',
  question: 'A replica is added under load. Is it used with no restart, and is there more?',
  prediction: {
    ask: 'On a machine whose cores are busy, a third replica joins two. What becomes of the orders a second?',
    answers: ['Half as many again', 'About what they were', 'They fall to nothing while it joins'],
    right: 1,
  },
  with: 'one channel to all replicas',
  seconds: { short: 29, full: 36 },
  code: ['libs/rpc/src/balancing/replica-lists.ts', 'tools/system/replicas.ts'],

  async run(system, say, { short }): Promise<Finding> {
    const customers = await wallets(system.url, CLIENTS, PLENTY_CENTS);
    const stage: Stage = {
      system,
      customers,
      reader: await tracesOf(system),
      say,
      seconds: short ? SECONDS.short : SECONDS.full,
      traces: short ? TRACES.short : TRACES.full,
    };
    const started = await startsOf(system);
    say(`${CLIENTS} clients, each orders again when it has its answer, ${stage.seconds} s\n`);
    // A system that was just started gets faster for its first minute: that must not look like the replica's doing.
    await load({ ...stage, seconds: stage.seconds / 2 });
    const before = await phase(await refilled(stage), 'as it is');
    const addedAt = performance.now();
    const added = await addReplica(system, SERVICE);
    const readyMs = performance.now() - addedAt;
    const usedMs = await untilUsed(stage, added);
    say(
      `  ${added} was ready ${seconds(readyMs)} after it was asked for, and served an order ${seconds(usedMs)} later`,
    );
    // One that was just started is slow for its first hundred requests, and each of its callers finds it in its own time.
    await load({ ...stage, seconds: stage.seconds / 2 });
    const after = await phase(await refilled(stage), `with ${added}`);
    await removeReplica(system, added);
    const removed = await phase(await refilled(stage), `without ${added} again`);
    const restarts = (await startsOf(system)) - started;

    const cores = availableParallelism();
    say(
      `\n  the ceiling: the services keep ${after.cores.toFixed(1)} of ${cores} cores busy, beside Postgres, Kafka, the traces and the clients; another replica only shares them`,
    );
    const share = (after.served.get(added) ?? 0) / stage.traces;
    return {
      expectations: [
        { sentence: 'nobody was restarted', held: restarts === 0 },
        atLeast('the new replica is used', share > 0, after.missing),
        atLeast('it serves at least half of an equal share', share >= 1 / (2 * after.served.size), after.missing),
        atMost('once it is removed it serves nothing', !removed.served.has(added), removed.missing),
        { sentence: 'no order fails on the way', held: [before, after, removed].every(({ failed }) => failed === 0) },
      ],
      withPattern: `${before.served.size} → ${after.served.size} replicas of ${SERVICE}: ${before.perSecond.toFixed(0)} → ${after.perSecond.toFixed(0)} orders/s, p50 ${Math.round(before.ms.p50)} → ${Math.round(after.ms.p50)} ms, p99 ${Math.round(before.ms.p99)} → ${Math.round(after.ms.p99)} ms`,
      picture: {
        title: 'orders a second',
        bars: [
          { name: 'as it is', value: before.perSecond },
          { name: 'a replica more', value: after.perSecond },
          { name: 'without it again', value: removed.perSecond },
        ],
      },
      lookAt: [
        'who follows the list of replicas: libs/rpc/src/balancing/replica-lists.ts',
        'who writes it: tools/system/replicas.ts; npm run break -- add business-logic',
        'process_cpu_time_seconds_total of each process: docs/metrics.md',
      ],
    };
  },
};

interface Stage {
  readonly system: Running;
  readonly customers: readonly Customer[];
  readonly reader: Traces;
  say(line: string): void;
  readonly seconds: number;
  readonly traces: number;
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

/** How often anything was started so far, beside what was asked for here. */
async function startsOf({ dataDir }: Running): Promise<number> {
  return (await askStatus(dataDir)).processes.reduce((sum, { restarts }) => sum + restarts, 0);
}

const load = ({ system, customers, seconds }: Stage) => ordersFor(seconds, system.url, customers, CAFE);

/** Wallets as full as at the begin: a quick machine empties one in a phase or two. */
const refilled = async (stage: Stage): Promise<Stage> => ({
  ...stage,
  customers: await wallets(stage.system.url, CLIENTS, PLENTY_CENTS),
});

async function phase(stage: Stage, name: string): Promise<Phase> {
  const { system } = stage;
  const cpuBefore = await cpuSeconds(system);
  const startedAt = performance.now();
  const answers = await load(stage);
  const tookS = (performance.now() - startedAt) / 1_000;
  const cpu = cpuBetween(cpuBefore, await cpuSeconds(system));
  const { served, missing } = await servedBy(stage, sampleOf(answers, stage.traces));
  const failed = answers.filter(({ status }) => status !== 201).length;
  const ms = quantiles(answers.map((answer) => answer.ms));
  const seen = { name, perSecond: answers.length / tookS, failed, ms, served, missing, cores: cpu.seconds / tookS };
  stage.say(rowOf(seen));
  return seen;
}

const rowOf = ({ name, perSecond, failed, ms, served, cores }: Phase): string =>
  [
    `  ${name.padEnd(34)}${perSecond.toFixed(0)} orders/s, ${failed} failed, p50 ${Math.round(ms.p50)} ms, p99 ${Math.round(ms.p99)} ms,`,
    `${cores.toFixed(1)} cores;`,
    [...served].map(([replica, count]) => `${replica} ${count}`).join(', '),
  ].join(' ');

function sampleOf(answers: readonly RawAnswer[], count: number): string[] {
  const step = Math.max(1, answers.length / count);
  return Array.from(
    { length: Math.min(count, answers.length) },
    (_, n) => answers[Math.floor(n * step)]?.traceId ?? '',
  );
}

/** Which replica decided on each of these orders, by its own span. */
async function servedBy({ reader }: Stage, traceIds: readonly string[]) {
  const { traces, missing } = await reader.read(traceIds, { complete: (trace) => replicaIn(trace) !== undefined });
  const served = new Map<string, number>();
  for (const trace of traces) {
    const replica = replicaIn(trace);
    if (replica) served.set(replica, (served.get(replica) ?? 0) + 1);
  }
  return { served: new Map([...served].sort(([a], [b]) => (a < b ? -1 : 1))), missing };
}

function replicaIn(trace: Trace): string | undefined {
  const span = trace.spans.find((one) => serviceOf(trace, one) === SERVICE);
  const tags = span ? trace.processes[span.processID]?.tags : undefined;
  const instance = tags?.find(({ key }) => key === 'service.instance.id')?.value;
  return instance === undefined ? undefined : String(instance);
}

/** Milliseconds until an order was served by this replica. */
async function untilUsed(stage: Stage, replica: string): Promise<number> {
  const startedAt = performance.now();
  const [customer] = stage.customers as [Customer];
  while (performance.now() - startedAt < USED_MS_MAX) {
    const sentAt = performance.now();
    const { traceId } = await rawOrder(stage.system.url, customer, { cafeId: CAFE, key: randomUUID() });
    if ((await servedBy(stage, [traceId])).served.has(replica)) return sentAt - startedAt;
    await sleep(POLL_MS);
  }
  throw new Error(`${replica} serves nobody ${USED_MS_MAX / 1_000} s after it was ready`);
}
