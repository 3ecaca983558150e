import { describe, expect, it } from '@jest/globals';
import { tableOf, wrapped } from './table.ts';

describe('the table of all labs', () => {
  it('has a line a lab, and goes on below where a number is a sentence', () => {
    const table = tableOf([
      { name: 'a', ideas: [1], withPattern: '0 of 4', withoutPattern: '–', end: 'held', seconds: 3.4 },
      { name: 'b', ideas: [2, 3], withPattern: 'word '.repeat(12), withoutPattern: '1', end: 'broken', seconds: 60 },
      { name: 'c', ideas: [4], withPattern: '1', withoutPattern: '2', end: 'not_seen', seconds: 7 },
    ]);
    const lines = table.split('\n');
    expect(lines).toHaveLength(5);
    expect(lines[4]).toMatch(/^c +4 +1 +2 +NOT SEEN +7$/);
    expect(lines[1]).toMatch(/^a +1 +0 of 4 +– +held +3$/);
    expect(lines[2]).toMatch(/^b +2, 3 +word .* 1 +BROKEN +60$/);
    expect(lines[3]).toMatch(/^ +word/);
  });

  it('breaks at spaces only', () => {
    expect(wrapped('aa bb ccccccc d', 5)).toEqual(['aa bb', 'ccccccc', 'd']);
  });
});
