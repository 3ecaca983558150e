/** All rungs side by side as one SVG: a panel for each figure, bars for medians, a line from the least to the most. */
import type { Figure } from './figures.ts';

export interface Panel {
  readonly title: string;
  readonly bars: readonly { readonly name: string; readonly figure: Figure }[];
}

const PANEL = { height: 180, columns: 4 };
const WIDTH = 840;
const PLOT = { left: 24, top: 44, height: 96 };
const BAR = { width: 44, gap: 12 };
const COLOURS = ['#d98032', '#9dbbd8', '#7ba2c9', '#5a89b7', '#3b6ea5', '#24496f'];

export function svgOf(heading: string, panels: readonly Panel[]): string {
  const widest = PLOT.left * 2 + Math.max(...panels.map(({ bars }) => bars.length)) * (BAR.width + BAR.gap);
  const columns = Math.max(1, Math.min(PANEL.columns, Math.floor(WIDTH / widest)));
  const [width, height] = [WIDTH, Math.ceil(panels.length / columns) * PANEL.height + 32];
  const drawn = panels.map((panel, at) => {
    const [x, y] = [((at % columns) * WIDTH) / columns, 32 + Math.floor(at / columns) * PANEL.height];
    return `<g transform="translate(${x} ${y})">${panelOf(panel)}</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">`,
    `<rect width="${width}" height="${height}" fill="white"/>`,
    `<text x="${PLOT.left}" y="22" font-size="12">${escaped(heading)}</text>`,
    ...drawn,
    '</svg>\n',
  ].join('\n');
}

function panelOf({ title, bars }: Panel): string {
  const most = Math.max(...bars.map(({ figure }) => figure.max), Number.MIN_VALUE);
  const y = (value: number): number => PLOT.top + PLOT.height * (1 - value / most);
  const drawn = bars.map(({ name, figure }, at) => {
    const x = PLOT.left + at * (BAR.width + BAR.gap);
    const [middle, bottom] = [x + BAR.width / 2, PLOT.top + PLOT.height];
    const top = y(figure.median);
    return [
      `<rect x="${x}" y="${top.toFixed(1)}" width="${BAR.width}" height="${(bottom - top).toFixed(1)}" fill="${COLOURS[at % COLOURS.length]}"/>`,
      `<path d="M${middle} ${y(figure.min).toFixed(1)}V${y(figure.max).toFixed(1)}" stroke="black"/>`,
      `<text x="${middle}" y="${(y(figure.max) - 4).toFixed(1)}" text-anchor="middle">${figure.median}</text>`,
      `<text x="${middle}" y="${bottom + 14}" text-anchor="middle">${escaped(name)}</text>`,
    ].join('');
  });
  return `<text x="${PLOT.left}" y="20" font-weight="bold">${escaped(title)}</text>${drawn.join('')}`;
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
