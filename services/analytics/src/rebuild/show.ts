/** What a rebuild says to the person who started it. */
import type { Judged, Sum } from './difference.ts';
import type { Rebuilt } from './rebuild-projections.ts';

const number = (value: number): string => value.toLocaleString('en-US');
const sum = ({ orders, cents }: Sum): string => `${number(orders)} orders, ${number(cents)} cents`;
const WRONG_SHOWN_MAX = 10;

export function linesOf(rebuilt: Rebuilt, seconds: number): string[] {
  const { read, unreadable, cafes } = rebuilt;
  return [
    `rebuilt from ${number(read)} events in ${seconds.toFixed(1)} s, ${number(Math.round(read / Math.max(seconds, 0.001)))} events/s`,
    ...reasonsOf(unreadable),
    '',
    ...table([
      ['café', 'orders before', 'orders', 'cents before', 'cents', ''],
      ...cafes.map((one) => [
        one.name.cafeId,
        number(one.before.orders),
        number(one.after.orders),
        number(one.before.cents),
        number(one.after.cents),
        wordOf(one),
      ]),
    ]),
    '',
    ...verdictOf(rebuilt),
  ];
}

function reasonsOf(unreadable: readonly string[]): string[] {
  const counts = Map.groupBy(unreadable, (reason) => reason);
  const words = [...counts].map(([reason, all]) => `${reason} ${number(all.length)}`).sort();
  return words.length === 0 ? [] : [`not counted, and not set aside once more: ${words.join(', ')}`];
}

function wordOf({ wasRight, ahead }: Judged<unknown>): string {
  if (!wasRight) return 'was wrong';
  return ahead === 0 ? 'equal' : `equal, and ${number(ahead)} that analytics had not come to`;
}

function verdictOf({ cafes, wrongMinutes, missed, difference, wereRight }: Rebuilt): string[] {
  if (wereRight) return ['the numbers were right'];
  const wrong = [
    ...cafes.filter(({ wasRight }) => !wasRight).map((one) => `${one.name.cafeId}: ${changeOf(one)}`),
    ...wrongMinutes.map((one) => `${one.name.cafeId} ${new Date(one.name.minuteMs).toISOString()}: ${changeOf(one)}`),
    ...eventsOf('in the log, and not counted', missed),
    ...eventsOf('counted, and not in the log', difference.onlyLive),
    ...eventsOf('counted with other content', difference.otherContent),
  ];
  const more = wrong.length - WRONG_SHOWN_MAX;
  return [
    'these numbers were wrong before:',
    ...wrong.slice(0, WRONG_SHOWN_MAX).map((line) => `  ${line}`),
    ...(more > 0 ? [`  and ${number(more)} more`] : []),
  ];
}

function changeOf({ before, after, ahead }: Judged<unknown>): string {
  const not = ahead === 0 ? '' : ` (${number(ahead)} of them analytics had not come to)`;
  return `${sum(before)}; now ${sum(after)}${not}`;
}

const eventsOf = (what: string, ids: readonly string[]): string[] =>
  ids.length === 0
    ? []
    : [`${number(ids.length)} events ${what}: ${ids.slice(0, 2).join(', ')}${ids.length > 2 ? ', …' : ''}`];

/** Names to the left, numbers to the right, a word at the end. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const cell = (text: string, column: number): string => {
    const width = widths[column] ?? 0;
    return column > 0 && column < widths.length - 1 ? text.padStart(width) : text.padEnd(width);
  };
  return rows.map((row) => row.map(cell).join('   ').trimEnd());
}
