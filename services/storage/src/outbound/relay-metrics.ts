import { type CallContext, rootContext } from '@seams/call';
import { measure } from '@seams/telemetry';
import type { Lag } from '../outbox/outbox-store.ts';
import type { Relay } from './relay.ts';

const READ_MS_MAX = 1_000;

/** Two looks, so that what the relay knows is told while Postgres does not answer. */
export function measureRelay(relay: Pick<Relay, 'seen'>, readLag: (ctx: CallContext) => Promise<Lag>): void {
  measure(
    {
      seams_relay_leads: {
        kind: 'gauge',
        unit: '1',
        description: '1 while this replica publishes the outbox, else 0.',
      },
      seams_relay_term: { kind: 'gauge', unit: '1', description: 'The last term in which this replica led.' },
      seams_relay_published_events: { kind: 'counter', unit: '{event}', description: 'Published by this process.' },
    },
    () => ({
      seams_relay_leads: relay.seen.leads ? 1 : 0,
      seams_relay_term: relay.seen.term ?? 0,
      seams_relay_published_events: relay.seen.published,
    }),
  );
  measure(
    {
      seams_outbox_waiting: { kind: 'gauge', unit: '{event}', description: 'Events that are not on Kafka yet.' },
      seams_outbox_oldest_seconds: {
        kind: 'gauge',
        unit: 's',
        description: 'Age of the event that is next; 0 if none.',
      },
    },
    async () => {
      const lag = await readLag(rootContext({ atMostMs: READ_MS_MAX, signal: new AbortController().signal }));
      return { seams_outbox_waiting: lag.waiting, seams_outbox_oldest_seconds: lag.oldestSeconds };
    },
  );
}
