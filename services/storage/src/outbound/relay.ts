import { once } from 'node:events';
import { type CallContext, rootContext } from '@seams/call';
import { type Background, rest } from '@seams/lifecycle';
import type { Db } from '@seams/postgres';
import type { Logger } from '@seams/telemetry';
import type { Turn } from '../outbox/relay-outbox.ts';

export interface RelayOptions {
  readonly db: Db;
  readonly log: Logger;
  readonly pollMs: number;
  /** A turn begins no sooner than this after the one before, unless that left something behind. */
  readonly paceMs: number;
  readonly turnMsMax: number;
  relayOutbox(ctx: CallContext): Promise<Turn>;
  giveUpLease(ctx: CallContext): Promise<void>;
}

const BACKOFF_FIRST_MS = 100;
const BACKOFF_LAST_MS = 2_000;

/** What it last saw of itself. */
export interface Relay extends Background {
  readonly seen: { readonly leads: boolean; readonly term: number | undefined; readonly published: number };
}

/**
 * Turns of the relay for ever: woken by NOTIFY, right by polling. A failed turn is tried again, later and later.
 *
 * A turn costs the same for one event as for fifty: five statements, a transaction of Kafka's with its markers, a fetch at
 * each consumer. Woken for each order it took more of the machine than the order itself. So there is a pause after it, in
 * which the next ones gather; the first event goes at once.
 *
 * Only the one that leads listens. The other needs no event to look at the lease: it asks each `pollMs`, and so takes over
 * that much later at most.
 */
export function createRelay(options: RelayOptions): Relay {
  const stopping = new AbortController();
  const wake = new Wake();
  const seen = { leads: false, term: undefined as number | undefined, published: 0 };
  let turning: Promise<void> | undefined;
  let leading: AbortController | undefined;
  return {
    seen,
    start: async () => {
      const saw = (turn: Turn): void => {
        if (turn.kind === 'fenced') return;
        const leads = turn.kind === 'published';
        const term = leads ? turn.term : seen.term;
        if (leads !== seen.leads || term !== seen.term)
          options.log.info({ term }, leads ? 'this relay leads' : 'another relay leads');
        if (leads && !seen.leads) {
          leading = new AbortController();
          void listen(options, wake, AbortSignal.any([stopping.signal, leading.signal]));
        }
        if (!leads) leading?.abort();
        Object.assign(seen, { leads, term, published: seen.published + (leads ? turn.events : 0) });
      };
      turning = runLoop(options, wake, stopping.signal, saw);
    },
    stop: async () => {
      stopping.abort();
      wake.call();
      await turning;
      const ctx = rootContext({ atMostMs: options.turnMsMax, signal: new AbortController().signal });
      await options.giveUpLease(ctx).catch((error: unknown) => {
        options.log.warn({ error: String(error) }, 'the lease runs out by itself');
      });
    },
  };
}

async function runLoop(
  options: RelayOptions,
  wake: Wake,
  signal: AbortSignal,
  saw: (turn: Turn) => void,
): Promise<void> {
  let backoffMs = BACKOFF_FIRST_MS;
  while (!signal.aborted) {
    const begunAt = performance.now();
    try {
      const turn = await options.relayOutbox(rootContext({ atMostMs: options.turnMsMax, signal }));
      backoffMs = BACKOFF_FIRST_MS;
      saw(turn);
      if (turn.kind === 'fenced' || (turn.kind === 'published' && turn.more)) continue;
      await rest(Math.max(0, options.paceMs - (performance.now() - begunAt)), signal);
      await wake.wait(options.pollMs, signal);
    } catch (error) {
      if (signal.aborted) return;
      options.log.warn({ error: String(error), backoffMs }, 'the relay tries again');
      await wake.wait(backoffMs, signal);
      backoffMs = Math.min(backoffMs * 2, BACKOFF_LAST_MS);
    }
  }
}

/** A connection of its own that hears NOTIFY. While it is away polling alone does the work. */
async function listen(options: RelayOptions, wake: Wake, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const client = await options.db.connect();
      client.on('error', (error) => options.log.warn({ error: error.message }, 'the listening connection broke'));
      client.on('notification', () => wake.call());
      const ended = Promise.race([once(client, 'end'), aborted(signal)]);
      await client.query('LISTEN outbox');
      wake.call(); // what was committed before was told to nobody
      await ended;
      await client.end();
    } catch (error) {
      if (!signal.aborted) options.log.warn({ error: String(error) }, 'listening for new events failed');
    }
    await rest(BACKOFF_LAST_MS, signal);
  }
}

const aborted = async (signal: AbortSignal): Promise<void> => {
  if (!signal.aborted) await once(signal, 'abort');
};

/** A sleep that can be ended; a call that comes while nobody sleeps ends the next one at once. */
class Wake {
  private called = false;
  private end: (() => void) | undefined;

  call(): void {
    this.called = true;
    this.end?.();
  }

  async wait(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.called && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.end = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.end = undefined;
    this.called = false;
  }
}
