/** Requests as dots, one for one, as many a second as there are. */
import type { Way } from './layout.ts';

const SVG = 'http://www.w3.org/2000/svg';
/** For the eye: a request takes some milliseconds, and a dot that did would not be seen. */
const TRAVEL_MS = 900;
/** More cannot be told apart; above it a dot stands for several. */
export const DOTS_PER_SECOND_MAX = 30;

interface Dot {
  readonly circle: SVGCircleElement;
  readonly path: SVGPathElement;
  readonly length: number;
  readonly startedAt: number;
}

export interface Moving {
  show(ways: readonly Way[], paths: ReadonlyMap<string, SVGPathElement>): void;
  stop(): void;
}

export const nameOf = ({ arrow }: Way): string => `${arrow.from} to ${arrow.to}`;

export function moveDots(into: SVGGElement): Moving {
  let ways: readonly Way[] = [];
  let paths: ReadonlyMap<string, SVGPathElement> = new Map();
  let dots: Dot[] = [];
  const owed = new Map<string, number>();
  let last = performance.now();

  const launch = (way: Way, seconds: number, at: number): void => {
    const name = nameOf(way);
    const path = paths.get(name);
    const rate = Math.min(way.arrow.perSecond ?? 0, DOTS_PER_SECOND_MAX);
    let due = (owed.get(name) ?? 0) + rate * seconds;
    for (; path && due >= 1; due -= 1) {
      const circle = document.createElementNS(SVG, 'circle');
      circle.setAttribute('r', '3');
      into.append(circle);
      dots.push({ circle, path, length: path.getTotalLength(), startedAt: at - Math.random() * seconds * 1_000 });
    }
    owed.set(name, due);
  };
  const frame = (at: number): void => {
    // A tab in the background gets no frames; what it missed is not made up for.
    const seconds = Math.min((at - last) / 1_000, 0.25);
    last = at;
    for (const way of ways) launch(way, seconds, at);
    dots = dots.filter(({ circle, path, length, startedAt }) => {
      const share = (at - startedAt) / TRAVEL_MS;
      if (share >= 1 || !path.isConnected) {
        circle.remove();
        return false;
      }
      const { x, y } = path.getPointAtLength(length * Math.max(0, share));
      circle.setAttribute('cx', String(x));
      circle.setAttribute('cy', String(y));
      return true;
    });
    running = requestAnimationFrame(frame);
  };
  let running = requestAnimationFrame(frame);
  return {
    show: (nextWays, nextPaths) => {
      ways = nextWays;
      paths = nextPaths;
    },
    stop: () => {
      cancelAnimationFrame(running);
      for (const { circle } of dots) circle.remove();
    },
  };
}
