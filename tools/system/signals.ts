/** What a signal means to the runner: the first one stops, a later one kills. */

export type Meaning = 'stop' | 'kill' | 'ignore';

/** Ctrl-C arrives twice: from the terminal, and forwarded by npm. Two within this time are one. */
const SAME_MS_MAX = 1_000;

/** @param outlivesTerminal under nohup: a hangup means nothing */
export function signalMeanings(outlivesTerminal: boolean): (signal: NodeJS.Signals, atMs: number) => Meaning {
  let stoppingSince: number | undefined;
  return (signal, atMs) => {
    if (signal === 'SIGHUP' && outlivesTerminal) return 'ignore';
    if (stoppingSince === undefined) {
      stoppingSince = atMs;
      return 'stop';
    }
    // A closed terminal sends SIGHUP more than once, and nobody is there who wants it quicker.
    return signal === 'SIGHUP' || atMs - stoppingSince < SAME_MS_MAX ? 'ignore' : 'kill';
  };
}
