import { describe, expect, it } from '@jest/globals';
import { EXIT_CODES, exitCodeOf, sentenceLines, sentenceOf } from './show.ts';

describe('what a lab found', () => {
  it('that was not seen has a mark of its own, with what was missing', () => {
    const lines = (held: boolean, notSeen?: string) =>
      sentenceLines(sentenceOf({ sentence: 'it holds', held, notSeen }));
    expect(lines(true)).toEqual(['held    it holds']);
    expect(lines(false)).toEqual(['BROKEN  it holds']);
    expect(lines(true, '1 of 2 traces')).toEqual(['NOT SEEN  it holds', '          missing: 1 of 2 traces']);
  });

  it('has an exit code for each outcome', () => {
    expect(EXIT_CODES).toEqual({ held: 0, broken: 1, not_seen: 2 });
  });

  it.each([
    [['held', 'held'], 0],
    [['held', 'not_seen'], 2],
    [['not_seen', 'broken'], 1],
    [['not_seen', 'failed'], 1],
    [['held', 'stopped'], 1],
  ] as const)('by labs that ended %p makes the exit code %d', (ends, code) => expect(exitCodeOf(ends)).toBe(code));
});
