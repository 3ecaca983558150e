/** The peak, five times the peak, and what comes after it, in one run: only figures of one run can be divided. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  closedLoop,
  isDone,
  normalAfterS,
  openLoop,
  type Percentiles,
  percentilesOf,
  refusals,
  type Sum,
  sumOf,
} from './phases.ts';
import type { Kind, Told, Traffic } from './traffic.ts';

export interface OverloadOptions {
  readonly url: string;
  /** How many clients at once are tried to find the peak. */
  readonly clients: readonly number[];
  readonly peakSeconds: number;
  readonly calmSeconds: number;
  readonly overloadSeconds: number;
  /** Of the peak. */
  readonly times: number;
  /** Orders that fill the gateways for the refusals on an idle machine: more than their places, 0 for none. */
  readonly held: number;
  /** CPU ms that each process of the system has used since its start. */
  cpuMs(): Promise<ReadonlyMap<string, number>>;
  say(line: string): void;
}

export type Cores = Readonly<Record<string, number>>;

export interface Overload {
  /** Orders done in a second by so many clients in a closed loop. */
  readonly tried: Readonly<Record<number, number>>;
  readonly peakPerS: number;
  /** Cores that each process used, `client` being this one: they are the system's when it runs on the same machine. */
  readonly cores: { readonly peak: Cores; readonly overload: Cores };
  /** At half the peak, before. */
  readonly calm: Sum;
  readonly askedPerS: number;
  readonly goodputPerS: number;
  readonly goodputShare: number;
  readonly overload: Readonly<Record<Kind, Sum>>;
  /** Answers of what is never refused while it lasted, with the slowest. */
  readonly neverShed: Readonly<Record<string, Probe>>;
  /** At half the peak, after. */
  readonly after: Sum;
  readonly normalAfterS: number;
  /** Refusals while nothing else is going on. */
  readonly idleRefusals: { readonly count: number } & Percentiles;
}

/** Beside the flood of orders, some of each other class: enough of the reads that a share of them says something. */
const BESIDE_PER_S: Partial<Record<Kind, number>> = { 'top-up': 3, login: 1, menu: 10, report: 10 };
const NEVER_SHED = ['/livez', '/readyz', '/openapi.json'];
const PROBE_EVERY_MS = 500;
const IDLE_REFUSALS = { perSecond: 100, seconds: 6 };
const SETTLE_MS = 2_000;

export async function measureOverload(traffic: Traffic, options: OverloadOptions): Promise<Overload> {
  const { url, clients, peakSeconds, calmSeconds, overloadSeconds, times, held, say } = options;
  say('warming up');
  await closedLoop(traffic, clients[0] ?? 1, peakSeconds);
  const tried: Record<number, number> = {};
  let peak: Cores = {};
  for (const count of clients) {
    const cores = await coresFromNow(options);
    tried[count] = perSecond(await closedLoop(traffic, count, peakSeconds));
    if (tried[count] >= Math.max(...Object.values(tried))) peak = await cores();
    say(`${count} clients: ${tried[count]} orders/s`);
  }
  const peakPerS = Math.max(...Object.values(tried));
  const half = { order: peakPerS / 2 };
  const calm = sumOf(await openLoop(traffic, half, calmSeconds), 'order');
  say(`half of that: p50 ${calm.doneMs.p50} ms, p99 ${calm.doneMs.p99} ms`);

  const askedPerS = Math.round(peakPerS * times);
  say(`now ${askedPerS} orders/s for ${overloadSeconds} s`);
  const over = new AbortController();
  const probes = Promise.all(NEVER_SHED.map((path) => probe(url + path, over.signal)));
  const overloadCores = await coresFromNow(options);
  const flood = await openLoop(traffic, { order: askedPerS, ...BESIDE_PER_S }, overloadSeconds);
  const endedAt = Math.max(...flood.map(({ dueAt }) => dueAt));
  const atOverload = await overloadCores();
  over.abort();
  const seen = await probes;
  const afterwards = await openLoop(traffic, half, calmSeconds);
  await sleep(SETTLE_MS);
  const refused = held > 0 ? await refusals(traffic, { held, ...IDLE_REFUSALS }) : [];

  const kinds: Kind[] = ['top-up', 'order', 'login', 'menu', 'report'];
  const goodputPerS = round(flood.filter((told) => told.kind === 'order' && isDone(told)).length / overloadSeconds);
  return {
    tried,
    peakPerS,
    cores: { peak, overload: atOverload },
    calm,
    askedPerS,
    goodputPerS,
    goodputShare: round(goodputPerS / peakPerS, 3),
    overload: Object.fromEntries(kinds.map((kind) => [kind, sumOf(flood, kind)])) as Record<Kind, Sum>,
    neverShed: Object.fromEntries(NEVER_SHED.map((path, at) => [path, seen[at] as Probe])),
    after: sumOf(afterwards, 'order'),
    normalAfterS: normalAfterS(afterwards, endedAt, calm),
    idleRefusals: { count: refused.length, ...percentilesOf(refused) },
  };
}

async function coresFromNow({ cpuMs }: OverloadOptions): Promise<() => Promise<Cores>> {
  const all = async (): Promise<Map<string, number>> => {
    const { user, system } = process.cpuUsage();
    return new Map([['client', (user + system) / 1_000], ...(await cpuMs())]);
  };
  const [before, at] = [await all(), performance.now()];
  return async () => {
    const after = await all();
    const ms = performance.now() - at;
    return Object.fromEntries(
      [...after].map(([name, used]) => [name, round((used - (before.get(name) ?? 0)) / ms, 2)]),
    );
  };
}

/** By the time that it took, with the answers that came after its end left out. */
function perSecond(all: readonly Told[]): number {
  const from = Math.min(...all.map(({ dueAt }) => dueAt));
  const to = Math.max(...all.map(({ dueAt, ms }) => dueAt + ms));
  return round(all.filter(isDone).length / ((to - from) / 1_000));
}

interface Probe {
  ok: number;
  /** What came instead of 2xx: a status with its body, or how the connection broke. */
  readonly notOk: string[];
  msMax: number;
}

async function probe(url: string, signal: AbortSignal): Promise<Probe> {
  const seen: Probe = { ok: 0, notOk: [], msMax: 0 };
  while (!signal.aborted) {
    const startedAt = performance.now();
    try {
      const response = await fetch(url);
      const body = await response.text();
      if (response.ok) seen.ok += 1;
      else seen.notOk.push(`${response.status} ${body}`);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      seen.notOk.push(String(error.cause ?? error)); // the connection broke
    }
    seen.msMax = Math.max(seen.msMax, Math.round(performance.now() - startedAt));
    await sleep(PROBE_EVERY_MS);
  }
  return seen;
}

const round = (value: number, digits = 1): number => Number(value.toFixed(digits));
