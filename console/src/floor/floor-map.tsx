import { useEffect, useMemo, useRef } from 'react';
import { type Moving, moveDots, nameOf } from './dots.ts';
import { type Floor, msText, rateText, sinceText } from './floor.ts';
import { BOX_WIDTH, type Box, mapOf, type Way, WIDTH } from './layout.ts';

/** The same is in the tables below it, for whoever does not see it. */
export function FloorMap({ floor, still }: { readonly floor: Floor; readonly still: boolean }) {
  const { boxes, ways, height } = useMemo(() => mapOf(floor), [floor]);
  const dots = useRef<SVGGElement>(null);
  const moving = useRef<Moving>(undefined);
  const paths = useRef(new Map<string, SVGPathElement>());

  useEffect(() => {
    if (still || !dots.current) return;
    const started = moveDots(dots.current);
    moving.current = started;
    return () => {
      started.stop();
      moving.current = undefined;
    };
  }, [still]);
  useEffect(() => moving.current?.show(ways, paths.current));

  const keep = (way: Way) => (path: SVGPathElement | null) => {
    if (path) paths.current.set(nameOf(way), path);
    else paths.current.delete(nameOf(way));
  };
  return (
    <div className="scroll map" role="region" aria-label="Map" tabIndex={0}>
      <svg
        viewBox={`0 0 ${WIDTH} ${height}`}
        role="img"
        aria-label="Map of all processes; the tables below say the same"
      >
        {ways.map((way) => (
          <path
            key={nameOf(way)}
            ref={keep(way)}
            className="way"
            d={way.path}
            data-kind={way.arrow.kind}
            data-breaker={worstOf(way)}
          />
        ))}
        <g ref={dots} className="dots" />
        {ways.map((way) => (
          <WayLabel key={nameOf(way)} way={way} />
        ))}
        {boxes.map((box) => (
          <PartBox key={box.part} box={box} leader={floor.outbox.leader} />
        ))}
      </svg>
    </div>
  );
}

function worstOf({ arrow: { breakers } }: Way): string {
  if (breakers.some(({ state }) => state === 'open')) return 'open';
  return breakers.some(({ state }) => state === 'half-open') ? 'half-open' : 'closed';
}

function WayLabel({ way }: { readonly way: Way }) {
  const { perSecond, meanMs } = way.arrow;
  if (perSecond === null) return null;
  const breaker = worstOf(way);
  return (
    <text className="label" x={way.label.x} y={way.label.y - 4} textAnchor="middle">
      {rateText(perSecond)}
      {meanMs !== null && ` · ${msText(meanMs)}`}
      {breaker !== 'closed' && (
        <tspan className="broken" x={way.label.x} dy={15}>
          breaker {breaker}
        </tspan>
      )}
    </text>
  );
}

function PartBox({ box, leader }: { readonly box: Box; readonly leader: string | null }) {
  const { part, processes, x, y, height } = box;
  const alone = processes.length === 1 && processes[0]?.name === part;
  return (
    <g className="part" transform={`translate(${x} ${y})`}>
      <rect width={BOX_WIDTH} height={height} rx={8} data-ill={processes.some(({ state }) => state !== 'ready')} />
      <text className="title" x={10} y={20}>
        {part}
      </text>
      {processes.map(({ name, state, forMs }, index) => (
        <g
          key={name}
          className="process"
          data-process={name}
          data-state={state}
          transform={`translate(10 ${44 + 22 * index})`}
        >
          <circle cx={5} cy={-5} r={5} />
          <text x={16}>
            {alone ? '' : `${name.replace(`${part}-`, '')} `}
            {state}
            {state !== 'ready' && ` ${sinceText(forMs)}`}
            {name === leader && ', leads'}
          </text>
        </g>
      ))}
    </g>
  );
}
