/** What the runner says: one line at a time, with the seconds since its start. */

export interface Terminal {
  /** One step, with its time. */
  step(line: string): void;
  /** Text as it is. */
  say(text: string): void;
  /** The one line of a failure. */
  fail(line: string): void;
  seconds(): string;
}

export function openTerminal(startedAt: number): Terminal {
  // Whoever reads us may go first (a closed terminal, `| head`); the system is still to be stopped in order then.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  const seconds = (): string => ((Date.now() - startedAt) / 1_000).toFixed(1);
  const say = (text: string): void => {
    process.stdout.write(`${text}\n`);
  };
  return {
    seconds,
    say,
    step: (line) => say(`${seconds().padStart(6)} s  ${line}`),
    fail: (line) => {
      process.stderr.write(`seams: ${line}\n`);
    },
  };
}
