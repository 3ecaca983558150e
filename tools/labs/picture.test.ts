import { describe, expect, it } from '@jest/globals';
import { numberText, svgOf } from './picture.ts';

const about = { name: 'a-lab', measured: '2 cores' };

describe('the picture of a lab', () => {
  it('has a bar a number, the longest over all of the room, and says each in words', () => {
    const bars = [
      { name: 'a < b', value: 1 },
      { name: 'without', value: 4, without: true },
    ];
    const svg = svgOf({ title: 'sales', bars }, about);
    expect([...svg.matchAll(/width="([\d.]+)" height="20" fill="(\S+)"/g)].map(([, ...of]) => of)).toEqual([
      ['100.0', '#14532d'],
      ['400.0', '#b3261e'],
    ]);
    expect(svg).toContain('a &lt; b');
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('has no bar for nothing', () => {
    expect(svgOf({ title: 't', bars: [{ name: 'none', value: 0 }] }, about)).toContain('width="0.0"');
  });

  it.each([
    [0, '0'],
    [1.046, '1.05'],
    [839.4, '839'],
    [1_234, '1,234'],
  ])('says %d as %s', (value, said) => expect(numberText(value)).toBe(said));
});
