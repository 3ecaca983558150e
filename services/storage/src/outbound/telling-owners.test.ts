import { describe, expect, it } from '@jest/globals';
import { Failure } from '@seams/call';
import { createLogger } from '@seams/telemetry';
import type { WaitingEvent } from '../outbox/outbox-store.ts';
import type { Ports } from '../outbox/relay-outbox.ts';
import { tellingOwners } from './telling-owners.ts';

const event = (outboxId: number, traceparent: string): WaitingEvent => ({
  ...{ outboxId, traceparent, key: 'k', eventId: `event-${outboxId}`, eventType: 'test', topic: 't' },
  ...{ payload: Buffer.alloc(0), headers: {} },
});
const TRACE = 'a'.repeat(32);
const SPAN = 'b'.repeat(16);
const traced = (id: number): WaitingEvent => event(id, `00-${TRACE}-${SPAN}-01`);

describe('a batch that is not published', () => {
  it.each([
    ['one', [traced(1)], ['event-1']],
    ['one that is in no trace', [event(1, '')], []],
    ['more than are told of', [1, 2, 3, 4, 5].map(traced), ['event-1', 'event-2', 'event-3', 'event-4']],
  ])('leaves a line in the traces of its owners: %s', async (_, events, told) => {
    const lines: string[] = [];
    const log = createLogger(
      { service: 'storage', process: 'storage-1', logLevel: 'info' },
      { write: (line: string) => void lines.push(line) },
    );
    const away = new Failure('unavailable', 'kafka_away', 'No broker answers.');
    const publish: Ports['publish'] = () => Promise.reject(away);
    const ports = tellingOwners({ publish } as Ports, log);
    await expect(ports.publish({ holder: 'a', term: 1 }, events)).rejects.toBe(away);
    const written = lines.map((line) => JSON.parse(line));
    expect(written.map(({ eventId }) => eventId)).toEqual(told);
    for (const one of written)
      expect(one).toMatchObject({ traceId: TRACE, spanId: SPAN, level: 'warn', reason: 'kafka_away' });
  });
});
