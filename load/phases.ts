/** The same load before the faults and with them, side by side. */
import type { Pursued } from './pursue.ts';
import { type Counts, countsOf, type Quantiles, quantiles } from './statistics.ts';

export interface Phase {
  readonly orders: number;
  readonly first: Counts;
  /** Repetitions included. */
  readonly requests: number;
  readonly ms: { readonly first: Quantiles; readonly definite: Quantiles };
}

export interface Phases {
  /** The first orders, without faults. */
  readonly baseline: Phase;
  readonly faults: Phase;
}

/** Of the orders, as long as nothing else is said. */
export const BASELINE_SHARE = 0.2;

export const baselineOrders = (planned: number, share: number): number => Math.floor(planned * share);

/** Undefined where one of the two is empty: then there is nothing to compare. */
export function phasesOf(pursued: readonly Pursued[], faultsFrom: number): Phases | undefined {
  const [before, during] = [true, false].map((isBaseline) =>
    pursued.filter(({ order }) => order.number < faultsFrom === isBaseline),
  ) as [Pursued[], Pursued[]];
  if (before.length === 0 || during.length === 0) return undefined;
  return { baseline: phaseOf(before), faults: phaseOf(during) };
}

const phaseOf = (pursued: readonly Pursued[]): Phase => ({
  orders: pursued.length,
  first: countsOf(pursued.map(({ first }) => first)),
  requests: pursued.reduce((sum, { attempts }) => sum + attempts, 0),
  ms: msOf(pursued),
});

export const msOf = (pursued: readonly Pursued[]): Phase['ms'] => ({
  first: quantiles(pursued.flatMap(({ firstMs }) => firstMs ?? [])),
  definite: quantiles(pursued.flatMap(({ definiteMs }) => definiteMs ?? [])),
});
