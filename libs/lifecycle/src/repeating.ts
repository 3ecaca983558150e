import { type CallContext, rootContext } from '@seams/call';
import type { Logger } from '@seams/telemetry';
import type { Background } from './lifecycle.ts';
import { rest } from './rest.ts';

export interface RepeatingOptions {
  /** For the log, for example "sweep of old keys". */
  readonly name: string;
  readonly everyMs: number;
  readonly roundMsMax: number;
  readonly log: Logger;
  /** One round. A throw means "not now": the next round tries again. */
  round(ctx: CallContext): Promise<void>;
}

/** Housekeeping that comes again and again for as long as the process lives. The first round comes after the first wait. */
export function repeating(options: RepeatingOptions): Background {
  const stopping = new AbortController();
  let running: Promise<void> | undefined;
  return {
    start: async () => {
      running = goOn(options, stopping.signal);
    },
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

async function goOn({ name, everyMs, roundMsMax, log, round }: RepeatingOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await rest(everyMs, signal);
    if (signal.aborted) return;
    await round(rootContext({ atMostMs: roundMsMax, signal })).catch((error: unknown) => {
      if (!signal.aborted) log.warn({ work: name, error: String(error) }, 'a round failed; the next one tries again');
    });
  }
}
