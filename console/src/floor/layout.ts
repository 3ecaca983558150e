/** Where each part stands on the map: as far to the right as the longest way of a request to it. */
import type { Arrow, Floor, Process } from './floor.ts';

export interface Box {
  readonly part: string;
  readonly processes: readonly Process[];
  readonly x: number;
  readonly y: number;
  readonly height: number;
}

export interface Way {
  readonly arrow: Arrow;
  readonly path: string;
  readonly label: { readonly x: number; readonly y: number };
}

export interface Map {
  readonly boxes: readonly Box[];
  readonly ways: readonly Way[];
  readonly height: number;
}

export const WIDTH = 1_180;
export const BOX_WIDTH = 146;
const HEAD = 30;
const LINE = 22;
const GAP = 34;
const PAD = 12;

export function mapOf({ processes, arrows }: Floor): Map {
  const parts = [...new Set(processes.map(({ part }) => part))];
  const columns = columnsOf(parts, arrows);
  const last = Math.max(...columns.values());
  const step = (WIDTH - BOX_WIDTH - 2) / Math.max(1, last);
  const heights = new globalThis.Map(
    parts.map((part) => [part, HEAD + LINE * processes.filter((one) => one.part === part).length]),
  );
  const columnHeight = (column: number): number =>
    parts
      .filter((part) => columns.get(part) === column)
      .reduce((sum, part) => sum + (heights.get(part) ?? 0) + GAP, -GAP);
  const height = Math.max(...Array.from({ length: last + 1 }, (_, column) => columnHeight(column))) + 2 * PAD;
  const boxes = Array.from({ length: last + 1 }, (_, column) => {
    let y = (height - columnHeight(column)) / 2;
    return parts
      .filter((part) => columns.get(part) === column)
      .map((part): Box => {
        const box = {
          part,
          processes: processes.filter((one) => one.part === part),
          x: 1 + column * step,
          y,
          height: heights.get(part) ?? 0,
        };
        y += box.height + GAP;
        return box;
      });
  }).flat();
  return { boxes, height, ways: arrows.flatMap((arrow) => wayOf(arrow, boxes)) };
}

/** What nobody calls stands in the last column, beside what everything stands on. */
function columnsOf(parts: readonly string[], arrows: readonly Arrow[]): globalThis.Map<string, number> {
  const forward = arrows.filter(({ kind, from, to }) => from !== to && (kind !== 'event' || to === 'kafka'));
  // No way is longer than there are parts, even if somebody drew a circle.
  const depth = (part: string, most = parts.length): number =>
    most === 0
      ? 0
      : Math.max(0, ...forward.filter(({ to }) => to === part).map(({ from }) => depth(from, most - 1) + 1));
  const columns = new globalThis.Map(parts.map((part) => [part, depth(part)]));
  const last = Math.max(...columns.values());
  const first = new Set(forward.map(({ from }) => from));
  for (const part of parts) if (columns.get(part) === 0 && !first.has(part)) columns.set(part, last);
  return columns;
}

function wayOf(arrow: Arrow, boxes: readonly Box[]): Way[] {
  const [from, to] = [boxes.find(({ part }) => part === arrow.from), boxes.find(({ part }) => part === arrow.to)];
  if (!from || !to) return [];
  const back = to.x <= from.x;
  const [x1, x2] = back ? [from.x, to.x + BOX_WIDTH] : [from.x + BOX_WIDTH, to.x];
  // Towards each other's middle, and apart where a box has several.
  const [y1, y2] = [leaning(from, to), leaning(to, from)];
  const bend = Math.max(40, Math.abs(x2 - x1) / 2) * (back ? -1 : 1);
  return [
    {
      arrow,
      path: `M${x1} ${y1} C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`,
      label: { x: (x1 + x2) / 2, y: (y1 + y2) / 2 },
    },
  ];
}

function leaning(one: Box, other: Box): number {
  const [middle, towards] = [one.y + one.height / 2, other.y + other.height / 2];
  const most = one.height / 2 - 8;
  return middle + Math.max(-most, Math.min(most, (towards - middle) / 6));
}
