/**
 * Until the rate settles. Code is cold after a start: five services went from 84 to 116 orders a second within the first
 * minute, so a fixed warm-up of 4 s measured the compiler.
 */
import { closedLoop, isDone } from './phases.ts';
import type { Kind, Traffic } from './traffic.ts';

export interface Warming {
  readonly clients: number;
  readonly secondsMax: number;
  /** What is asked; orders, if nothing is said. */
  readonly kind?: Kind;
}

export interface Warmed {
  readonly seconds: number;
  /** Whether it settled before the time was over. */
  readonly settled: boolean;
}

const WINDOW_S = 3;
const NEAR = 0.05;

export async function warm(traffic: Traffic, { clients, secondsMax, kind }: Warming): Promise<Warmed> {
  const windowS = Math.min(WINDOW_S, secondsMax);
  const done: number[] = [];
  while ((done.length + 1) * windowS <= secondsMax && !isSettled(done))
    done.push((await closedLoop(traffic, clients, windowS, kind)).filter(isDone).length);
  return { seconds: done.length * windowS, settled: isSettled(done) };
}

/** Two neighbouring windows within 5 %. */
export function isSettled(done: readonly number[]): boolean {
  const [last = 0, before = 0] = [done.at(-1), done.at(-2)];
  return before > 0 && Math.abs(last / before - 1) <= NEAR;
}
