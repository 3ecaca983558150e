/** The four things that one does with traffic, and what came of it in numbers. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ranOut } from '../load/answers.ts';
import type { Kind, Told, Traffic } from './traffic.ts';

/** So many clients, each asking again when it was answered: what the system does when nobody pushes it. */
export async function closedLoop(
  traffic: Traffic,
  clients: number,
  seconds: number,
  kind: Kind = 'order',
): Promise<Told[]> {
  const all: Told[] = [];
  const until = performance.now() + seconds * 1_000;
  const client = async (): Promise<void> => {
    while (performance.now() < until) all.push(await traffic.send(kind));
  };
  await Promise.all(Array.from({ length: clients }, client));
  return nothingRanOut(all);
}

/** So many a second, whatever became of those before; evenly spaced, several at once where timers are too coarse. */
export async function openLoop(
  traffic: Traffic,
  perSecond: Partial<Record<Kind, number>>,
  seconds: number,
): Promise<Told[]> {
  const startedAt = performance.now();
  const schedule = Object.entries(perSecond).map(async ([kind, rate]) => {
    const sent: Promise<Told>[] = [];
    while (sent.length < rate * seconds) {
      const dueAt = startedAt + (sent.length / rate) * 1_000;
      const waitMs = dueAt - performance.now();
      if (waitMs > 0) await sleep(waitMs);
      sent.push(traffic.send(kind as Kind, dueAt));
    }
    return Promise.all(sent);
  });
  return nothingRanOut((await Promise.all(schedule)).flat());
}

/** A figure of orders that nobody could pay would be one of the load, not of the system. */
function nothingRanOut(all: Told[]): Told[] {
  const refused = all.find(({ reason }) => ranOut(reason));
  if (refused) throw new Error(`this load is longer than its customers' money or the stock: ${refused.reason}`);
  return all;
}

/** Longer than most orders take, and within the 2 s that one may. */
const HELD_MS = 1_500;
const HELD_PAUSE_MS = 250;

/**
 * Refusals while the machine has time for them: orders that wait behind a fault fill the gateways, and `perSecond` more
 * are refused.
 */
export async function refusals(
  traffic: Traffic,
  { held, perSecond, seconds }: { readonly held: number; readonly perSecond: number; readonly seconds: number },
): Promise<Told[]> {
  const until = performance.now() + seconds * 1_000 + HELD_MS;
  const hold = async (): Promise<void> => {
    while (performance.now() < until) {
      const fault = { 'seams-fault': `business-logic.PlaceOrder=delay:${HELD_MS}` };
      if (!isDone(await traffic.order(performance.now(), fault))) await sleep(HELD_PAUSE_MS);
    }
  };
  const holding = Promise.all(Array.from({ length: held }, hold));
  await sleep(HELD_MS / 2);
  const all = await openLoop(traffic, { order: perSecond }, seconds);
  await holding;
  return all.filter(isShed);
}

export interface Sum {
  readonly asked: number;
  readonly done: number;
  /** 503 overloaded or 429, with a time to come again and a reason. */
  readonly shed: number;
  /** Of all 429 and 503, those that owe a reason or a time to come again. */
  readonly bare: number;
  /** Everything else: by status and reason. */
  readonly other: Readonly<Record<string, number>>;
  readonly doneMs: Percentiles;
  readonly shedMs: Percentiles;
}

export interface Percentiles {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export function sumOf(all: readonly Told[], kind: Kind): Sum {
  const ofKind = all.filter((told) => told.kind === kind);
  const done = ofKind.filter(isDone);
  const shed = ofKind.filter(isShed);
  const other: Record<string, number> = {};
  for (const told of ofKind) {
    if (isDone(told) || isShed(told)) continue;
    const name = `${told.status ?? 'broken'} ${told.reason}`;
    other[name] = (other[name] ?? 0) + 1;
  }
  return {
    asked: ofKind.length,
    done: done.length,
    shed: shed.length,
    bare: ofKind.filter(isBare).length,
    other,
    doneMs: percentilesOf(done),
    shedMs: percentilesOf(shed),
  };
}

export const isDone = ({ status = 0 }: Told): boolean => status >= 200 && status < 300;

const isShed = ({ status, reason, retryAfterMs = 0 }: Told): boolean =>
  retryAfterMs >= 1_000 &&
  ((status === 503 && reason === 'overloaded') || (status === 429 && reason === 'too_many_requests'));

const isBare = ({ status = 0, reason, retryAfterMs = 0 }: Told): boolean =>
  [429, 503].includes(status) && (reason === '' || retryAfterMs < 1_000);

export function percentilesOf(all: readonly Told[]): Percentiles {
  const sorted = all.map(({ ms }) => ms).sort((a, b) => a - b);
  const at = (share: number): number => Math.round(sorted[Math.floor((sorted.length - 1) * share)] ?? 0);
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}

/** So many seconds on end: one alone may be luck, and any later one of a shared machine may stall for another's sake. */
const NORMAL_SECONDS = 3;

/**
 * Seconds after `from` until the first of three on end whose orders were all done, the middle one as quick as 99 of 100
 * before. Infinity when there were no such three.
 */
export function normalAfterS(all: readonly Told[], from: number, before: Sum): number {
  const bySecond: Told[][] = [];
  for (const told of all) (bySecond[Math.max(0, Math.floor((told.dueAt - from) / 1_000))] ??= []).push(told);
  const isNormal = (second: readonly Told[] | undefined): boolean =>
    second !== undefined && second.every(isDone) && percentilesOf(second).p50 <= before.doneMs.p99;
  for (let first = 0; first + NORMAL_SECONDS <= bySecond.length; first++)
    if (Array.from({ length: NORMAL_SECONDS }, (_, at) => bySecond[first + at]).every(isNormal)) return first;
  return Number.POSITIVE_INFINITY;
}
