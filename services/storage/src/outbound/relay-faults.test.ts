import { describe, expect, it, jest } from '@jest/globals';
import { rootContext } from '@seams/call';
import { firedFaults } from '@seams/telemetry';
import type { WaitingEvent } from '../outbox/outbox-store.ts';
import { type Ports, relayOutboxWith } from '../outbox/relay-outbox.ts';
import { relayWithFaults } from './relay-faults.ts';

const ctx = () => rootContext({ atMostMs: 5_000, signal: new AbortController().signal });

const event = (outboxId: number, key: string, plan?: string): WaitingEvent => ({
  ...{ outboxId, key, eventId: `event-${outboxId}`, eventType: 'test', topic: 't', payload: Buffer.alloc(0) },
  ...{ traceparent: '', headers: plan === undefined ? {} : { 'seams-fault': plan } },
});

/** How often faults fired so far, by operation and action. */
const fired = (): Record<string, number> =>
  Object.fromEntries(
    firedFaults().map(({ labels: { operation, action }, value }) => [`${operation}=${action}`, value]),
  );

/** A relay over an outbox in memory; what was sent and what happened is kept in order. */
function relayOver(outbox: WaitingEvent[]) {
  const sent: number[] = [];
  const forgotten: number[] = [];
  const ports: Ports = {
    takeLease: async () => ({ holder: 'a', term: 1 }),
    readWaiting: async () => [...outbox],
    acquireFence: async () => false,
    publish: async (_lease, events) => void sent.push(...events.map(({ outboxId }) => outboxId)),
    markPublished: async (_ctx, _lease, ids) => {
      outbox.splice(0, outbox.length, ...outbox.filter(({ outboxId }) => !ids.includes(outboxId)));
      return ids.length;
    },
  };
  const struck = relayWithFaults(ports, async (_ctx, { outboxId }) => void forgotten.push(outboxId));
  const turn = (): Promise<string> =>
    relayOutboxWith(struck)(ctx()).then(
      () => 'ok',
      (error: Error) => error.message,
    );
  return { struck, turn, sent, outbox, forgotten };
}

describe('an event whose plan strikes', () => {
  const LOST = 'The connection broke before the answer came.';
  it.each([
    // plan                           first turn   sent by then   sent after the second turn
    ['relay.Publish=drop-request', LOST, [], [1, 2]],
    ['relay.Publish=drop-reply', LOST, [1, 2], [1, 2, 1, 2]],
    ['relay.Publish=duplicate', 'ok', [1, 2, 1, 2], [1, 2, 1, 2]],
    ['relay.Publish=error:unavailable', 'A lab made this step of the relay fail.', [], [1, 2]],
    ['relay.Mark=drop-request', LOST, [1, 2], [1, 2, 1, 2]],
    ['relay.Mark=drop-reply', LOST, [1, 2], [1, 2]],
    ['relay.Mark=delay:10', 'ok', [1, 2], [1, 2]],
    ['storage.CommitOrder=drop-reply', 'ok', [1, 2], [1, 2]],
  ])('%s: its batch is tried again until it is published', async (plan, first, sent, afterwards) => {
    const relay = relayOver([event(1, 'a', plan), event(2, 'b')]);
    const before = fired();
    expect(await relay.turn()).toBe(first);
    expect(relay.sent).toEqual(sent);
    expect(await relay.turn()).toBe('ok');
    expect(relay.sent).toEqual(afterwards);
    expect(relay.outbox).toEqual([]);
    const name = plan.replace(/:\d+$/, '');
    const once = plan.startsWith('relay.') ? 1 : undefined;
    expect(fired()[name]).toBe(once && (before[name] ?? 0) + once);
  });

  it('fires when its batch is published or marked, not when the event is read', async () => {
    const relay = relayOver([event(1, 'a', 'relay.Publish=duplicate; relay.Mark=duplicate')]);
    const before = fired();
    await relay.struck.readWaiting(ctx(), 10);
    expect(fired()).toEqual(before);
    await relay.turn();
    const names = ['relay.Publish=duplicate', 'relay.Mark=duplicate'];
    expect(names.map((name) => (fired()[name] ?? 0) - (before[name] ?? 0))).toEqual([1, 1]);
  });

  it('with a delay is overtaken by other keys, never by its own', async () => {
    jest.useFakeTimers();
    try {
      const relay = relayOver([event(1, 'a', 'relay.Publish=delay:40'), event(2, 'b'), event(3, 'a')]);
      const before = fired()['relay.Publish=delay'] ?? 0;
      expect(await relay.turn()).toBe('ok');
      expect(relay.sent).toEqual([2]);
      expect(fired()['relay.Publish=delay']).toBe(before + 1);
      jest.advanceTimersByTime(40);
      expect(await relay.turn()).toBe('ok');
      expect(relay.sent).toEqual([2, 1, 3]);
      expect(fired()['relay.Publish=delay']).toBe(before + 1);
    } finally {
      jest.useRealTimers();
    }
  });

  it('with a crash loses its plan first', async () => {
    const relay = relayOver([event(1, 'a', 'relay.Mark=crash'), event(2, 'b')]);
    await relay.struck.readWaiting(ctx(), 10);
    expect(relay.forgotten).toEqual([1]);
  });
});
