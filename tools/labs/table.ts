/** What all labs found, as one table for a terminal: long cells go on in the next line. */
import type { LabEnd } from './child.ts';

export interface Row {
  readonly name: string;
  readonly ideas: readonly number[];
  readonly withPattern: string;
  readonly withoutPattern: string;
  readonly end: LabEnd;
  readonly seconds: number;
}

const NUMBER_WIDTH = 44;
const GAP = 2;

export function tableOf(rows: readonly Row[]): string {
  const cells = rows.map(({ name, ideas, withPattern, withoutPattern, end, seconds }) => [
    name,
    ideas.join(', '),
    withPattern,
    withoutPattern,
    end === 'held' ? end : end.replace('_', ' ').toUpperCase(),
    seconds.toFixed(0),
  ]);
  const head = ['lab', 'idea', 'with the pattern', 'without it', 'it', 'seconds'];
  const widths = head.map((title, at) => {
    const most = Math.max(title.length, ...cells.map((row) => row[at]?.length ?? 0));
    return Math.min(most, NUMBER_WIDTH);
  });
  const lineOf = (row: readonly string[]): string =>
    row
      .map((cell, at) => cell.padEnd((widths[at] ?? 0) + GAP))
      .join('')
      .trimEnd();
  return [head, ...cells]
    .flatMap((row) => {
      const columns = row.map((cell) => wrapped(cell, NUMBER_WIDTH));
      const height = Math.max(...columns.map(({ length }) => length));
      return Array.from({ length: height }, (_, line) => lineOf(columns.map((column) => column[line] ?? '')));
    })
    .join('\n');
}

/** At spaces; a word that is longer than a line gets one of its own. */
export function wrapped(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1) ?? '';
    if (last !== '' && last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines;
}
