import { describe, expect, it } from '@jest/globals';
import { figureOf, percentile } from './figures.ts';
import { svgOf } from './plot.ts';

describe('a figure of few runs', () => {
  it.each([
    [[7], 7],
    [[3, 1], 2],
    [[9, 1, 5], 5],
    [[4, 1, 3, 2], 2.5],
  ])('of %j has the median %d', (runs, median) => {
    expect(figureOf(runs)).toMatchObject({ median, min: Math.min(...runs), max: Math.max(...runs), runs });
  });

  it('cannot be made of none', () => {
    expect(() => figureOf([])).toThrow('needs a run');
  });
});

describe('a percentile', () => {
  it('is the value that this share lies below', () => {
    const thousand = Array.from({ length: 1_001 }, (_, n) => 1_000 - n);
    expect([0, 0.5, 0.99, 0.999, 1].map((share) => percentile(thousand, share))).toEqual([0, 500, 990, 999, 1_000]);
    expect(percentile([], 0.5)).toBe(0);
  });
});

describe('a plot', () => {
  it('shows each figure with its median, and is well-formed whatever its names are', () => {
    const bars = ['five', 'single'].map((name, at) => ({ name, figure: figureOf([at, 10 + at]) }));
    const svg = svgOf('a < b & "c"', [
      { title: 'ms', bars },
      { title: 'nothing', bars: [{ name: 'x', figure: figureOf([0]) }] },
    ]);
    expect(svg).toContain('a &lt; b &amp; &quot;c&quot;');
    expect(svg).toContain('>5<');
    expect(svg).toContain('>6<');
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });
});
