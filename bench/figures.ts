/** Few runs of one figure: the middle one, and how far apart they lie. */
export interface Figure {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly runs: readonly number[];
}

export function figureOf(runs: readonly number[]): Figure {
  const sorted = [...runs].sort((a, b) => a - b);
  const [lower, upper] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  if (lower === undefined || upper === undefined) throw new Error('a figure needs a run');
  return { median: round((lower + upper) / 2), min: round(Math.min(...runs)), max: round(Math.max(...runs)), runs };
}

/** The value below which this share lies, 0 for none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return round(sorted[Math.floor((sorted.length - 1) * share)] ?? 0);
}

export const round = (value: number, digits = 2): number => Number(value.toFixed(digits));
