import { describe, expect, it } from '@jest/globals';
import { FAILURES, type FailureKind } from '@seams/call';
import { type Answer, outcomeOf, reasonOf } from './answers.ts';

const answer = (status: number, retryAfterMs?: number): Answer => ({
  status,
  body: Buffer.from('{"reason":"why"}'),
  retryAfterMs,
  replayed: false,
  traceId: '',
});

describe('an answer', () => {
  it.each<[string, Answer | undefined, string]>([
    ['201', answer(201), 'ok'],
    ['409', answer(409), 'refused'],
    ['409 with Retry-After', answer(409, 1_000), 'not_done'],
    ['429', answer(429, 1_000), 'not_done'],
    ['503', answer(503), 'not_done'],
    ['422', answer(422), 'refused'],
    ['504', answer(504), 'unknown'],
    ['500', answer(500), 'unknown'],
    ['502', answer(502), 'unknown'],
    ['499', answer(499), 'unknown'],
    ['a broken connection', undefined, 'unknown'],
    ['401, which says nothing about the key', answer(401), 'not_done'],
    ['408, which says nothing about the key', answer(408), 'not_done'],
  ])('%s', (_, given, outcome) => {
    expect(outcomeOf(given)).toBe(outcome);
  });

  it('is read as the system means it, for every kind of failure', () => {
    for (const kind of Object.keys(FAILURES) as FailureKind[]) {
      const { http, outcome } = FAILURES[kind];
      if (kind === 'anonymous') continue;
      expect([kind, outcomeOf(answer(http, outcome === 'not_done' ? 1_000 : undefined))]).toEqual([kind, outcome]);
    }
  });

  it('has the reason of its problem, if it is one', () => {
    expect(reasonOf(answer(409))).toBe('why');
    expect(reasonOf({ ...answer(502), body: Buffer.from('<html>') })).toBe('');
  });
});
