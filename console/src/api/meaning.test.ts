import { describe, expect, it } from '@jest/globals';
import type { Answer } from './ask.ts';
import { degradedInWords, endingOf, meaningOf } from './meaning.ts';

const answer = (status: number, more: Partial<Answer> = {}): Answer => ({
  question: { method: 'POST', path: '/v1/orders', key: 'k' },
  status,
  ms: 1,
  text: '',
  traceId: undefined,
  degraded: undefined,
  replayed: false,
  retryAfterS: undefined,
  problem: status < 300 ? undefined : { title: '', status, detail: '', reason: '' },
  ...more,
});

describe('what an answer means', () => {
  it.each([
    [200, 'done'],
    [201, 'done'],
    [400, 'refused'],
    [404, 'refused'],
    [409, 'refused'],
    [422, 'refused'],
    [429, 'not_done'],
    [500, 'unknown'],
    [503, 'not_done'],
    [504, 'unknown'],
    [0, 'unknown'],
  ])('%i is %s', (status, ending) => {
    expect(endingOf(answer(status))).toBe(ending);
  });

  it('is to be asked again where a conflict says when', () => {
    expect(endingOf(answer(409, { retryAfterS: 1 }))).toBe('not_done');
    expect(meaningOf(answer(503, { retryAfterS: 1 }))).toBe('Nothing was done. Try again in 1 second.');
  });

  it('is nothing new when it was replayed, and safe to repeat where it has a key', () => {
    expect(meaningOf(answer(201, { replayed: true }))).toContain('Nothing was done a second time');
    expect(meaningOf(answer(504))).toContain('Send the same again');
    expect(meaningOf(answer(504, { question: { method: 'GET', path: '/' } }))).not.toContain('again');
  });
});

describe('Seams-Degraded', () => {
  it.each([
    ['menu=stale;age=12', 'this is the last menu that was read (12 seconds old)'],
    [
      'auth=local-keys;age=1, menu=stale',
      'auth could not be asked; the token was judged by its signature (1 second old); this is the last menu that was read',
    ],
    ['new=thing', 'new=thing'],
  ])('%s in words', (header, words) => {
    expect(degradedInWords(header)).toBe(words);
  });
});
