/** GET /v1/price, as the gateway's OpenAPI describes it, and what the plots make of it. */

export interface Figure {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export interface Rung {
  readonly rung: string;
  readonly says: string;
  readonly figures: Readonly<Record<string, Figure>>;
}

export interface Price {
  readonly measuredAt: string;
  readonly ratios: Readonly<Record<string, Figure>>;
  readonly rungs: readonly Rung[];
  readonly bytesPerOrder: Readonly<Record<string, Readonly<Record<string, { sent: number; received: number }>>>>;
  readonly machine: Readonly<Record<string, string | number>>;
  readonly plan: Readonly<Record<string, string | number>>;
  readonly loads: readonly number[];
}

/** What the benchmark calls its figures. One that is not here is shown under its own name. */
const TITLES: Readonly<Record<string, string>> = {
  ordersPerS: 'Orders a second',
  p50Ms: 'Half of the orders within, ms',
  p99Ms: '99 % within, ms',
  p999Ms: '99.9 % within, ms',
  sequentialP50Ms: 'Half within, one client alone, ms',
  nodeCpuMsPerOrder: 'CPU of Node, ms an order',
  nodeRssMb: 'Memory of Node, MB',
  readyS: 'Start to ready, s',
};

export interface Plot {
  readonly name: string;
  readonly title: string;
  readonly bars: readonly { readonly rung: string; readonly figure: Figure }[];
  /** The end of the scale. */
  readonly most: number;
}

/** A plot for each figure that any rung has, in the order in which the benchmark has them. */
export function plotsOf({ rungs }: Price): Plot[] {
  const names = [...new Set(rungs.flatMap(({ figures }) => Object.keys(figures)))];
  return names.map((name) => {
    const bars = rungs.flatMap(({ rung, figures }) => {
      const figure = figures[name];
      return figure ? [{ rung, figure }] : [];
    });
    const most = Math.max(0, ...bars.map(({ figure }) => figure.max));
    return { name, title: TITLES[name] ?? name, bars, most };
  });
}

export interface HopRow {
  readonly hop: string;
  /** By rung; undefined where that rung has no such hop. */
  readonly bytes: readonly ({ sent: number; received: number } | undefined)[];
}

export function hopsOf({ bytesPerOrder, rungs }: Price): HopRow[] {
  const hops = [...new Set(Object.values(bytesPerOrder).flatMap((of) => Object.keys(of)))];
  return hops.map((hop) => ({ hop, bytes: rungs.map(({ rung }) => bytesPerOrder[rung]?.[hop]) }));
}

export const numberText = (value: number): string => value.toLocaleString('en', { maximumSignificantDigits: 4 });

export const rangeText = ({ min, max }: Figure): string =>
  min === max ? 'one run' : `${numberText(min)} … ${numberText(max)}`;

/** "2 cores, AMD EPYC, 23.5 GB, …": what the numbers were taken on, or nothing can be compared. */
export const factsText = (facts: Readonly<Record<string, string | number>>): string =>
  Object.entries(facts)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');

/** A machine with others on it measures them too. */
export const isBusy = ({ loads, machine }: Price): boolean => Math.max(0, ...loads) > Number(machine.cores ?? 1) * 2;
