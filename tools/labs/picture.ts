/** What a lab measured as one SVG: a bar a number, with its value in words. */
import type { Picture } from '../../labs/lab.ts';

const WIDTH = 720;
const ROW = 34;
const TOP = 64;
const LABEL = 250;
const VALUE = 70;
const BAR = WIDTH - LABEL - VALUE;
const COLOURS = { with: '#14532d', without: '#b3261e' };

/** `measured` says when and on what, for a number without it cannot be compared. */
export function svgOf({ title, bars }: Picture, { name, measured }: { name: string; measured: string }): string {
  const most = Math.max(...bars.map(({ value }) => value), Number.MIN_VALUE);
  const height = TOP + bars.length * ROW + 8;
  const drawn = bars.map(({ name: of, value, without }, at) => {
    const middle = TOP + at * ROW + ROW / 2;
    const length = (BAR * value) / most;
    return [
      `<text x="${LABEL - 10}" y="${middle + 4}" text-anchor="end">${escaped(of)}</text>`,
      `<rect x="${LABEL}" y="${middle - 10}" width="${length.toFixed(1)}" height="20" fill="${without ? COLOURS.without : COLOURS.with}"/>`,
      `<text x="${(LABEL + length + 8).toFixed(1)}" y="${middle + 4}">${numberText(value)}</text>`,
    ].join('');
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="13" role="img" aria-label="${escaped(`${name}: ${title}`)}">`,
    `<rect width="${WIDTH}" height="${height}" fill="white"/>`,
    `<text x="16" y="26" font-weight="bold">${escaped(name)}: ${escaped(title)}</text>`,
    `<text x="16" y="46" font-size="11" fill="#57534e">${escaped(measured)}</text>`,
    ...drawn,
    '</svg>\n',
  ].join('\n');
}

export const numberText = (value: number): string =>
  value.toLocaleString('en', { maximumFractionDigits: value < 10 ? 2 : 0 });

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
