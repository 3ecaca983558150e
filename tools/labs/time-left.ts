/** How long the labs that remain take: what they took on an idle machine, times how much slower this one is so far. */
import type { Lab } from '../../labs/lab.ts';

type Timed = Pick<Lab, 'seconds'>;

export interface Ran {
  readonly lab: Timed;
  readonly seconds: number;
}

export function secondsLeft(
  ran: readonly Ran[],
  left: readonly Timed[],
  { short }: { readonly short: boolean },
): number {
  const planned = (labs: readonly Timed[]): number =>
    labs.reduce((sum, { seconds }) => sum + (short ? seconds.short : seconds.full), 0);
  const took = ran.reduce((sum, { seconds }) => sum + seconds, 0);
  const plannedSoFar = planned(ran.map(({ lab }) => lab));
  return planned(left) * (plannedSoFar === 0 ? 1 : took / plannedSoFar);
}

/** "5 min 10 s"; to the second, because a person waits for it. */
export function timeText(seconds: number): string {
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  return minutes === 0 ? `${whole} s` : `${minutes} min ${whole % 60} s`;
}
