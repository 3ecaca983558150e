/**
 * How fast events leave the outbox and are counted, beside the rate of orders in the same run; and how long one takes from
 * its order's commit until it is counted, while orders come in at half of that rate.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { askStatus, type Running } from '../../tools/system/running.ts';
import { percentile, round } from '../figures.ts';
import { closedLoop, isDone, openLoop } from '../phases.ts';
import { type Spent, spentBy } from '../spent.ts';
import type { Placing } from '../storage/placing.ts';
import type { Traffic } from '../traffic.ts';
import * as store from './events-store.ts';

export interface EventsPlan {
  /** That pile up before each drain. */
  readonly events: number;
  readonly seconds: number;
  readonly clients: number;
}

export interface EventsRun {
  readonly ordersPerS: number;
  /** From the lease's release to the last mark; the wait for the relay's next look at it is in it. */
  readonly drainPerS: number;
  /** From the release to the last count. */
  readonly countedPerS: number;
  readonly drainCpuMs: Readonly<Record<string, number>>;
  readonly counted: number;
  /** At half the rate of orders: from the begin of the commit to the begin of the count. */
  readonly halfPerS: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of that, until the event was marked as being on Kafka. */
  readonly publishedP50Ms: number;
  readonly publishedP99Ms: number;
  /** Events that were not counted, of all that were written. */
  readonly missing: number;
}

const COUNTED_MS_MAX = 120_000;
const POLL_MS = 50;

export interface Trial {
  readonly running: Running;
  readonly traffic: Traffic;
  readonly placing: Placing;
  readonly stores: store.Stores;
}

export async function measureEvents(trial: Trial, { events, seconds, clients }: EventsPlan): Promise<EventsRun> {
  const { traffic, stores } = trial;
  const orders = (await closedLoop(traffic, clients, seconds)).filter(isDone).length;
  const ordersPerS = orders / seconds;
  await untilNoneWaits(stores);

  const drain = await measureDrain(trial, events);

  const from = await store.clockNow(stores);
  await openLoop(traffic, { order: ordersPerS / 2 }, seconds);
  const to = await store.clockNow(stores);
  const times = await untilCounted(stores, from, to);
  const counted = times.map(({ committedAt, countedAt }) => countedAt - committedAt);
  const published = times.map(({ committedAt, publishedAt }) => publishedAt - committedAt);
  const missing = (await store.writtenIn(stores, from, to)) - times.length;
  return {
    ordersPerS: round(ordersPerS, 1),
    ...drain,
    halfPerS: round(times.length / seconds, 1),
    p50Ms: percentile(counted, 0.5),
    p99Ms: percentile(counted, 0.99),
    publishedP50Ms: percentile(published, 0.5),
    publishedP99Ms: percentile(published, 0.99),
    missing: missing + drain.missing,
  };
}

async function measureDrain({ running, placing, stores }: Trial, events: number) {
  await store.holdLease(stores);
  let releasedAt: number;
  let before: ReadonlyMap<string, Spent>;
  const from = await store.clockNow(stores);
  try {
    await placing.place(events);
  } finally {
    before = spentBy(await askStatus(running.dataDir));
    releasedAt = await store.clockNow(stores);
    await store.releaseLease(stores);
  }
  const times = await untilCounted(stores, from, releasedAt);
  const after = spentBy(await askStatus(running.dataDir));
  const perS = (at: readonly number[]): number => round((times.length / (Math.max(...at) - releasedAt)) * 1_000, 0);
  const spent = [...after].map(([name, { cpuMs }]) => [name, cpuMs - (before.get(name)?.cpuMs ?? 0)] as const);
  return {
    drainPerS: perS(times.map(({ publishedAt }) => publishedAt)),
    countedPerS: perS(times.map(({ countedAt }) => countedAt)),
    counted: times.length,
    drainCpuMs: Object.fromEntries(spent.map(([name, ms]) => [name, round(ms / Math.max(1, times.length), 3)])),
    missing: (await store.writtenIn(stores, from, releasedAt)) - times.length + (events - times.length),
  };
}

async function untilNoneWaits(stores: store.Stores): Promise<void> {
  const giveUpAt = performance.now() + COUNTED_MS_MAX;
  while ((await store.waiting(stores)) > 0 && performance.now() < giveUpAt) await sleep(POLL_MS);
}

/** What was written in this time, once all of it was counted; or what was by then. Looks seldom: looking takes a core. */
async function untilCounted(stores: store.Stores, from: number, to: number): Promise<store.EventTimes[]> {
  const giveUpAt = performance.now() + COUNTED_MS_MAX;
  await untilNoneWaits(stores);
  const written = await store.writtenIn(stores, from, to);
  for (;;) {
    const times = await store.timesOf(stores, from, to);
    if (times.length >= written || performance.now() > giveUpAt) return times;
    await sleep(LOOK_EVERY_MS);
  }
}

const LOOK_EVERY_MS = 500;
