/** A plan of faults by a seed: the same seed breaks the same things at the same times. */
import { randomOf } from '../../../load/random.ts';
import { type Service, services } from '../../../topology.ts';

export interface Asked {
  readonly seed: number;
  readonly seconds: number;
  /** Also two replicas of one service at once. Without it there is always one that goes on, where there are two. */
  readonly siblings: boolean;
}

export interface Step {
  /** After the beginning. */
  readonly atMs: number;
  readonly process: string;
  readonly fault: 'kill' | 'freeze' | 'restart';
  /** Of a freeze: until it is thawed. */
  readonly forMs: number;
}

export const SECONDS_MAX = 600;

/** Not the load balancer, through which whoever wants to stop this comes; nor what only looks. */
const TARGETS: readonly { readonly part: string; readonly process: string }[] = [
  ...Object.entries(services).flatMap(([part, { replicas }]: [string, Service]) =>
    Array.from({ length: replicas }, (_, at) => ({ part, process: `${part}-${at + 1}` })),
  ),
  { part: 'postgres', process: 'postgres' },
  { part: 'kafka', process: 'kafka' },
];
const FAULTS = ['kill', 'freeze', 'restart'] as const;
const GAP_MS = { min: 2_000, max: 6_000 };
const FREEZE_MS = { min: 1_000, max: 8_000 };
/** Until one that was killed or restarted serves again: Kafka takes 5 s on a quiet machine, a drain may take 10. */
const BACK_MS = 15_000;
const THAWED_MS = 3_000;

export function planOf({ seed, seconds, siblings }: Asked): Step[] {
  const random = randomOf(seed);
  const between = ({ min, max }: { readonly min: number; readonly max: number }): number =>
    min + random.below(max - min);
  const busyUntil = new Map<string, number>();
  const steps: Step[] = [];
  for (let atMs = between(GAP_MS) - GAP_MS.min; atMs < seconds * 1_000; atMs += between(GAP_MS)) {
    const free = TARGETS.filter(({ part, process }) => (busyUntil.get(siblings ? process : part) ?? 0) <= atMs);
    const target = free[random.below(Math.max(1, free.length))];
    const fault = FAULTS[random.below(FAULTS.length)] ?? 'kill';
    const forMs = between(FREEZE_MS);
    if (!target) continue;
    steps.push({ atMs, process: target.process, fault, forMs: fault === 'freeze' ? forMs : 0 });
    busyUntil.set(siblings ? target.process : target.part, atMs + (fault === 'freeze' ? forMs + THAWED_MS : BACK_MS));
  }
  return steps;
}
