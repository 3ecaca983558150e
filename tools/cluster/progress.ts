/** What a long command says: one line a step, with the seconds since it began. */
export interface Progress {
  /** Seconds since the beginning. */
  readonly seconds: number;
  say(line: string): void;
}

export function startProgress(write: (line: string) => void = console.log): Progress {
  const startedAt = performance.now();
  const seconds = (): number => (performance.now() - startedAt) / 1_000;
  return {
    get seconds() {
      return seconds();
    },
    say: (line) => write(`[${seconds().toFixed(1).padStart(6)} s] ${line}`),
  };
}
