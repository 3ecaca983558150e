import { describe, expect, it } from '@jest/globals';
import { Failure } from '@seams/call';
import { createLogger } from '@seams/telemetry';
import type { WaitingEvent } from '../outbox/outbox-store.ts';
import type { Ports } from '../outbox/relay-outbox.ts';
import { logPerEvent } from './log-per-event.ts';

const TRACE = 'a'.repeat(32);
const SPAN = 'b'.repeat(16);
const LEASE = { holder: 'a', term: 1 };
const event = (outboxId: number, traceparent = `00-${TRACE}-${SPAN}-01`): WaitingEvent => ({
  ...{ outboxId, traceparent, key: 'k', eventId: `event-${outboxId}`, eventType: 'test', topic: 't' },
  ...{ payload: Buffer.alloc(0), headers: {} },
});

function relay() {
  const written: Record<string, unknown>[] = [];
  const log = createLogger(
    { service: 'storage', process: 'storage-1', logLevel: 'info' },
    { write: (line: string) => void written.push(JSON.parse(line)) },
  );
  let failure: Failure | undefined = new Failure('unavailable', 'kafka_away', 'No broker answers.');
  const publish: Ports['publish'] = async () => {
    if (failure) throw failure;
  };
  const ports = logPerEvent({ publish } as Ports, log);
  return {
    said: () => written.map(({ level, eventId }) => `${level} ${eventId}`),
    written,
    publish: (...events: WaitingEvent[]) => ports.publish(LEASE, events),
    heal: () => {
      failure = undefined;
    },
  };
}

describe('a batch that does not get onto Kafka', () => {
  it('leaves a line in the trace of each owner, once, and one when it got there after all', async () => {
    const { publish, heal, said, written } = relay();
    await expect(publish(event(1), event(2))).rejects.toThrow('No broker answers.');
    await expect(publish(event(1), event(2), event(3))).rejects.toThrow('No broker answers.');
    expect(said()).toEqual(['warn event-1', 'warn event-2', 'warn event-3']);
    expect(written[0]).toMatchObject({ traceId: TRACE, spanId: SPAN, reason: 'kafka_away', batch: 2 });
    heal();
    await publish(event(1), event(2), event(3), event(4));
    await publish(event(5));
    expect(said().slice(3)).toEqual(['info event-1', 'info event-2', 'info event-3']);
    expect(written[3]).toMatchObject({ traceId: TRACE, spanId: SPAN });
  });

  it('is told of without a trace where its request had none', async () => {
    const { publish, written } = relay();
    await expect(publish(event(1, ''))).rejects.toThrow();
    expect(written[0]).not.toHaveProperty('traceId');
  });
});
