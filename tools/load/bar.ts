/** How far a load is: one line that is written over on a terminal, a line every 5 s elsewhere. */
import type { Phase, Progress } from '../../load/load.ts';
import type { Tally } from '../../load/tally.ts';

/** As much of a stream as is needed. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const BAR_CELLS = 20;
const REDRAW_MS = 200;
const PLAIN_LINE_MS = 5_000;
const COLUMNS = 100;
const START_OF_EMPTY_LINE = '\r\u001b[2K';

export function barOn(screen: Screen, now: () => number = () => performance.now()): Progress & { clear(): void } {
  const everyMs = screen.isTTY ? REDRAW_MS : PLAIN_LINE_MS;
  let startedAt: number | undefined;
  let drawnAt = Number.NEGATIVE_INFINITY;
  const clear = (): void => {
    if (screen.isTTY) screen.write(START_OF_EMPTY_LINE);
  };
  return {
    clear,
    say(line) {
      clear();
      screen.write(`  ${line}\n`);
    },
    tick(phase, tally) {
      startedAt ??= now();
      if (now() - drawnAt < everyMs) return;
      drawnAt = now();
      const line = lineOf(phase, tally, (now() - startedAt) / 1_000);
      if (screen.isTTY) screen.write(`${START_OF_EMPTY_LINE}${line.slice(0, (screen.columns ?? COLUMNS) - 1)}`);
      else screen.write(`${line}\n`);
    },
  };
}

export function lineOf(phase: Phase, tally: Tally, seconds: number): string {
  const { sent, planned, done, refused, unknown } = tally;
  const full = Math.round((BAR_CELLS * sent) / Math.max(planned, 1));
  const bar = `[${'#'.repeat(full)}${'.'.repeat(BAR_CELLS - full)}]`;
  const counts = `sent ${sent}/${planned}  done ${done}  refused ${refused}  unknown ${unknown}`;
  const rate = phase === 'sending' ? `  ${(sent / Math.max(seconds, 0.1)).toFixed(1)}/s` : `  ${phase}`;
  return `${bar} ${seconds.toFixed(0).padStart(3)} s  ${counts}${rate}`;
}
