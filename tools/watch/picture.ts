/** What the watcher saw, as lines for a terminal: a tree along the arrows, from where requests come in. */
import type { Arrow, Floor, Process } from '../infrastructure/watcher/floor.ts';

export interface Paint {
  good(text: string): string;
  bad(text: string): string;
  quiet(text: string): string;
}

/** Where every line has to be readable by itself: words say all of it, colours nothing alone. */
export const plain: Paint = { good: (text) => text, bad: (text) => text, quiet: (text) => text };

const code =
  (on: number, off: number) =>
  (text: string): string =>
    `\u001b[${on}m${text}\u001b[${off}m`;
export const coloured: Paint = { good: code(32, 39), bad: code(31, 39), quiet: code(2, 22) };

const ENTRY = 'load-balancer';
const MARK: Readonly<Record<Process['state'], string>> = { ready: '●', 'not ready': '◐', silent: '○', gone: '✕' };

export const rate = (perSecond: number | null): string =>
  perSecond === null ? '' : `${perSecond < 10 ? perSecond.toFixed(1) : Math.round(perSecond)}/s`;
const ms = (mean: number | null): string =>
  mean === null ? '' : `${mean < 10 ? mean.toFixed(1) : Math.round(mean)} ms`;

function since(forMs: number): string {
  const seconds = Math.round(forMs / 1_000);
  return seconds < 100 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

/** "● gateway-1", or what is wrong with it, for how long. */
function processText({ name, state, forMs, why }: Process, { good, bad }: Paint): string {
  if (state === 'ready') return `${good(MARK.ready)} ${name}`;
  return bad(`${MARK[state]} ${name} ${state} for ${since(forMs)}${why ? ` (${why})` : ''}`);
}

/** What an arrow has to say beyond rate and time. Breakers only when one is not closed: most of the time none is. */
function notesOf({ retriesPerSecond, refusedPerSecond, breakers }: Arrow, { bad }: Paint): string {
  const ill = breakers.filter(({ state }) => state !== 'closed');
  return [
    ...(retriesPerSecond ? [`${rate(retriesPerSecond)} retried`] : []),
    ...(refusedPerSecond ? [bad(`${rate(refusedPerSecond)} refused`)] : []),
    ...ill.map(({ of, state }) => bad(`breaker of ${of} ${state}`)),
  ].join(', ');
}

interface Row {
  readonly tree: string;
  readonly arrow: Arrow | undefined;
  readonly processes: readonly Process[];
}

/** Each part with its processes where it is met first; met again it is only named. */
function rowsOf({ arrows, processes }: Floor): Row[] {
  const met = new Set<string>();
  const visit = (part: string, arrow: Arrow | undefined, branch: string, indent: string): Row[] => {
    const again = met.has(part);
    met.add(part);
    const own = again ? [] : processes.filter((one) => one.part === part);
    const row = { tree: `${branch}${part}${again ? ' (above)' : ''}`, arrow, processes: own };
    if (again) return [row];
    const below = arrows.filter(({ from }) => from === part);
    return [
      row,
      ...below.flatMap((next, at) => {
        const last = at === below.length - 1;
        return visit(next.to, next, `${indent}${last ? '└▶ ' : '├▶ '}`, `${indent}${last ? '   ' : '│  '}`);
      }),
    ];
  };
  const tree = visit(ENTRY, undefined, '', '');
  const beside = [...new Set(processes.map(({ part }) => part))].filter((part) => !met.has(part));
  return [
    ...tree,
    ...beside.map((part) => ({
      tree: part,
      arrow: undefined,
      processes: processes.filter((one) => one.part === part),
    })),
  ];
}

export function summaryOf({ processes }: Floor): string {
  const ill = processes.filter(({ state }) => state !== 'ready');
  if (ill.length === 0) return `all ${processes.length} processes are ready`;
  return `${ill.map(({ name, state }) => `${name} is ${state}`).join(', ')}; ${processes.length - ill.length} of ${processes.length} are ready`;
}

export function outboxText({ outbox: { leader, term, waiting, oldestS } }: Floor, { bad }: Paint): string {
  const led = leader === null ? bad('nobody leads the relay') : `${leader} leads the relay in term ${term ?? '?'}`;
  const queue = waiting === null ? 'nobody says what waits' : `${waiting} events wait for Kafka`;
  return `outbox  ${led}; ${queue}${waiting ? `, the oldest for ${Math.round(oldestS ?? 0)} s` : ''}`;
}

export function pictureOf(floor: Floor, paint: Paint): string[] {
  const rows = rowsOf(floor);
  const width = Math.max(...rows.map(({ tree }) => tree.length));
  const ill = floor.processes.some(({ state }) => state !== 'ready');
  return [
    `${floor.at.slice(11, 19)} UTC  ${(ill ? paint.bad : paint.good)(summaryOf(floor))}`,
    '',
    ...rows.map(({ tree, arrow, processes }) => {
      const counts = `${rate(arrow?.perSecond ?? null).padStart(7)}  ${ms(arrow?.meanMs ?? null).padStart(7)}`;
      const said = [
        ...processes.map((one) => processText(one, paint)),
        ...(arrow && notesOf(arrow, paint) !== '' ? [notesOf(arrow, paint)] : []),
      ];
      return `${tree.padEnd(width)}  ${counts}  ${said.join('  ')}`.trimEnd();
    }),
    '',
    outboxText(floor, paint),
  ];
}

/** The same in one line, for a log or a pipe. */
export function lineOf(floor: Floor): string {
  const arrows = floor.arrows
    .filter(({ perSecond }) => perSecond)
    .map(({ from, to, perSecond, meanMs, ...arrow }) => {
      const notes = notesOf({ from, to, perSecond, meanMs, ...arrow }, plain);
      return [`${from}→${to} ${rate(perSecond)}`, ms(meanMs), notes].filter((text) => text !== '').join(' ');
    });
  return [`${floor.at} ${summaryOf(floor)}`, ...arrows, outboxText(floor, plain).replace('  ', ' ')].join(' | ');
}
