import { describe, expect, it } from '@jest/globals';
import { createLogger, firedFaults } from '@seams/telemetry';
import { createConsumerFaults } from './consumer-faults.ts';
import type { IncomingMessage } from './message.ts';

const log = createLogger({ service: 'test', process: 'test', logLevel: 'silent' });
const EVENT_TYPE = { 'event-type': 'seams.events.v1.OrderPlaced' };

const recordAt = (offset: number, headers: Record<string, string>): IncomingMessage => ({
  topic: 'orders',
  partition: 0,
  offset: String(offset),
  key: 'k',
  value: null,
  publishedAtMs: 0,
  headers: { ...EVENT_TYPE, ...headers },
});

const fired = (): number => firedFaults().reduce((sum, { value }) => sum + value, 0);

/** Delivers a record until it is through, as the consumer does; what happened in order. */
function consumerOf({ labs = true, outcome = 'done' } = {}) {
  const faults = createConsumerFaults({ labs, callee: 'analytics', log });
  return async (message: IncomingMessage): Promise<string[]> => {
    const happened: string[] = [];
    const lab = faults.labOf(message);
    for (let deliveries = 0; deliveries < 5; deliveries++) {
      try {
        await faults.handleWithFaults({
          message,
          lab,
          signal: new AbortController().signal,
          handle: async () => {
            happened.push('handled');
            return outcome;
          },
          heartbeat: async () => void happened.push('heartbeat'),
        });
        return happened;
      } catch (error) {
        happened.push((error as { reason: string }).reason);
      }
    }
    return happened;
  };
}

describe("a record's fault", () => {
  it.each([
    ['delay:1', ['heartbeat', 'handled']],
    ['delay:1001', ['heartbeat', 'heartbeat', 'handled']],
    ['drop-request', ['delivery_lost', 'handled']],
    ['drop-reply', ['handled', 'reply_lost', 'handled']],
    ['error:unavailable', ['injected_fault', 'handled']],
    ['error:unavailable/server', ['injected_fault', 'handled']],
    ['duplicate', ['handled', 'handled']],
  ])('%s: %j', async (action, happened) => {
    const consume = consumerOf();
    const before = fired();
    expect(await consume(recordAt(1, { 'seams-fault': `analytics.OrderPlaced=${action}` }))).toEqual(happened);
    expect(fired()).toBe(before + 1);
  });

  it('strikes a record once in a process, whatever its count, and other records for themselves', async () => {
    const consume = consumerOf();
    const headers = { 'seams-fault': 'analytics.OrderPlaced=drop-request*9' };
    const [first, again, other] = [recordAt(1, headers), recordAt(1, headers), recordAt(2, headers)];
    expect(await consume(first)).toEqual(['delivery_lost', 'handled']);
    expect(await consume(again)).toEqual(['handled']);
    expect(await consume(other)).toEqual(['delivery_lost', 'handled']);
  });

  it.each([
    ['of another operation', { 'seams-fault': 'analytics.OrderCancelled=drop-request' }, {}],
    ['of another service', { 'seams-fault': 'storage.OrderPlaced=drop-request' }, {}],
    ['where labs are off', { 'seams-fault': 'analytics.OrderPlaced=drop-request' }, { labs: false }],
    ['that cannot be read', { 'seams-fault': 'analytics.OrderPlaced=explode' }, {}],
    ['that never happens', { 'seams-fault': 'analytics.OrderPlaced=drop-request@0' }, {}],
    [
      'of a crash, when the effect was there before',
      { 'seams-fault': 'analytics.OrderPlaced=crash' },
      { outcome: 'seen_before' },
    ],
    ['of a crash, without dedupe', { 'seams-fault': 'analytics.OrderPlaced=crash', 'seams-without': 'dedupe' }, {}],
  ])('%s leaves a record alone', async (_, headers, settings) => {
    const before = fired();
    expect(await consumerOf(settings)(recordAt(1, headers as Record<string, string>))).toEqual(['handled']);
    expect(fired()).toBe(before);
  });

  it('goes with what the record does without, and with nothing where labs are off', () => {
    const record = recordAt(1, { 'seams-without': 'dedupe' });
    const lab = (labs: boolean) => createConsumerFaults({ labs, callee: 'analytics', log }).labOf(record);
    expect([lab(true), lab(false)]).toEqual([{ without: new Set(['dedupe']) }, {}]);
  });
});
