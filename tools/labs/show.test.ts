import { describe, expect, it } from '@jest/globals';
import { EXIT_CODES, sentenceLines, sentenceOf } from './show.ts';

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
});
