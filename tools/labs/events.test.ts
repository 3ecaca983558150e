import { describe, expect, it } from '@jest/globals';
import { eventIn, eventsOf, tracesIn } from './events.ts';

const ID = 'a'.repeat(32);
const OTHER = 'b'.repeat(32);

describe('a line of a lab', () => {
  it('is an event, or what some package wrote by itself', () => {
    const event = { kind: 'sentence', sentence: 'it holds', outcome: 'held' } as const;
    expect(eventIn(JSON.stringify(event))).toEqual(event);
    expect(eventIn('{"level":"ERROR"}')).toEqual({ kind: 'said', text: '{"level":"ERROR"}' });
  });
});

describe('what a lab says to look at', () => {
  it('names traces by what stands before their address', () => {
    expect(tracesIn(`a lost reply: http://127.0.0.1:16686/api/traces/${ID}`)).toEqual([
      { what: 'a lost reply', traceId: ID },
    ]);
    expect(tracesIn(`two that met: http://x/api/traces/${ID}  http://x/api/traces/${OTHER}`)).toEqual([
      { what: 'two that met', traceId: ID },
      { what: 'two that met', traceId: OTHER },
    ]);
    expect(tracesIn('the key: services/storage/src/idempotency/once.ts')).toEqual([]);
  });

  it('is told apart from code, and the finding holds only if each sentence does', () => {
    const [first, second, third, found] = eventsOf({
      expectations: [
        { sentence: 'one', held: true },
        { sentence: 'two', held: false },
        { sentence: 'three', held: true, notSeen: '1 of 2 traces' },
      ],
      withPattern: '0 of 4',
      lookAt: [`it: http://x/api/traces/${ID}`, 'code'],
    });
    expect([first, second, third]).toEqual([
      { kind: 'sentence', sentence: 'one', outcome: 'held' },
      { kind: 'sentence', sentence: 'two', outcome: 'broken' },
      { kind: 'sentence', sentence: 'three', outcome: 'not_seen', notSeen: '1 of 2 traces' },
    ]);
    expect(found).toEqual({
      kind: 'found',
      outcome: 'broken',
      withPattern: '0 of 4',
      traces: [{ what: 'it', traceId: ID }],
      lookAt: ['code'],
    });
  });
});
