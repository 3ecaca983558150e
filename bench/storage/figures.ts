/** From runs to medians, from medians to ratios. */
import type { Told } from './measure.ts';
import type { Counters } from './trial.ts';

export interface Setting {
  readonly way: string;
  readonly callers: number;
  readonly counters: Counters;
}

export interface Run extends Setting {
  readonly orders: number;
  readonly perS: number;
  readonly p50: number;
  readonly p99: number;
  /** Of Node and of Postgres, for each order. */
  readonly nodeCpuMs: number;
  readonly postgresCpuMs: number | undefined;
  readonly failures: Readonly<Record<string, number>>;
}

/** Of all rounds in one setting. */
export interface Figure extends Setting {
  /** Median, and the least and the most. */
  readonly perS: number;
  readonly perSFrom: number;
  readonly perSTo: number;
  readonly p50: number;
  readonly p99: number;
  readonly nodeCpuMs: number;
  readonly postgresCpuMs: number | undefined;
  readonly failed: number;
}

export function runOf({ way, callers, counters }: Setting, told: Told): Run {
  const { ms, seconds, failures, nodeCpuMs, postgresCpuMs } = told;
  const sorted = ms.toSorted((a, b) => a - b);
  const of = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  const each = (cpuMs: number): number => cpuMs / Math.max(1, ms.length);
  return {
    ...{ way, callers, counters, failures, orders: ms.length },
    ...{ perS: ms.length / seconds, p50: of(0.5), p99: of(0.99) },
    ...{ nodeCpuMs: each(nodeCpuMs), postgresCpuMs: postgresCpuMs === undefined ? undefined : each(postgresCpuMs) },
  };
}

export function figuresOf(runs: readonly Run[]): Figure[] {
  const bySetting = Map.groupBy(runs, ({ way, callers, counters }) => `${way} ${callers} ${counters}`);
  return [...bySetting.values()].map((rounds) => {
    const { way, callers, counters } = rounds[0] as Run;
    const perS = rounds.map((run) => run.perS);
    const postgres = rounds.flatMap(({ postgresCpuMs }) => postgresCpuMs ?? []);
    return {
      ...{ way, callers, counters },
      ...{ perS: round(median(perS), 0), perSFrom: round(Math.min(...perS), 0), perSTo: round(Math.max(...perS), 0) },
      ...{ p50: round(median(rounds.map((run) => run.p50))), p99: round(median(rounds.map((run) => run.p99))) },
      nodeCpuMs: round(median(rounds.map((run) => run.nodeCpuMs)), 3),
      postgresCpuMs: postgres.length === 0 ? undefined : round(median(postgres), 3),
      failed: rounds.flatMap(({ failures }) => Object.values(failures)).reduce((sum, count) => sum + count, 0),
    };
  });
}

/** Orders per second of one setting divided by those of another, by what they say: `hot ÷ spread, groups, 64 callers`. */
export function ratiosOf(figures: readonly Figure[]): Record<string, number> {
  const ratios: Record<string, number> = {};
  for (const figure of figures) {
    const { way, callers, counters } = figure;
    const like = (wanted: Partial<Setting>): Figure | undefined =>
      figures.find(
        (other) =>
          other.way === (wanted.way ?? way) &&
          other.callers === callers &&
          other.counters === (wanted.counters ?? counters),
      );
    const cold = like({ counters: 'spread' });
    if (counters === 'hot' && cold) ratios[`hot ÷ spread, ${way}, ${at(callers)}`] = round(figure.perS / cold.perS, 2);
    const first = like({ way: figures[0]?.way ?? way });
    if (first && first.way !== way)
      ratios[`${way} ÷ ${first.way}, ${counters}, ${at(callers)}`] = round(figure.perS / first.perS, 2);
  }
  return ratios;
}

const at = (callers: number): string => (callers === 1 ? '1 caller' : `${callers} callers`);

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  if (sorted.length % 2 === 1) return sorted[middle] as number;
  return ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

const round = (value: number, digits = 1): number => Number(value.toFixed(digits));
