import { type Message, messagesOf, msOf, type Trace } from './trace.ts';

const LANE = 190;
const LINE = 30;
const TOP = 40;

/** Who heard what, when: time runs down, evenly by message and not by clock. The waterfall has the same as a table. */
export function Sequence({ trace }: { readonly trace: Trace }) {
  const messages = messagesOf(trace);
  const lanes = [...new Set(trace.spans.map(({ process }) => process))];
  const xOf = (process: string): number => LANE / 2 + LANE * lanes.indexOf(process);
  const height = TOP + LINE * (messages.length + 1);
  const width = LANE * lanes.length;
  return (
    <div className="scroll" role="region" aria-label="Sequence" tabIndex={0}>
      <svg
        className="sequence"
        width={width}
        height={height}
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={`${messages.length} messages between ${lanes.join(', ')}`}
      >
        {lanes.map((lane) => (
          <g key={lane}>
            <text className="lane" x={xOf(lane)} y={18} textAnchor="middle">
              {lane}
            </text>
            <line className="life" x1={xOf(lane)} x2={xOf(lane)} y1={26} y2={height} />
          </g>
        ))}
        {messages.map((message, index) => (
          <Arrow
            key={`${message.atUs} ${message.from} ${message.to} ${message.text}`}
            message={message}
            x1={xOf(message.from)}
            x2={xOf(message.to)}
            y={TOP + LINE * (index + 0.6)}
          />
        ))}
      </svg>
    </div>
  );
}

interface ArrowShown {
  readonly message: Message;
  readonly x1: number;
  readonly x2: number;
  readonly y: number;
}

function Arrow({ message: { kind, text, atUs, failed }, x1, x2, y }: ArrowShown) {
  const lost = kind === 'lost';
  // A reply that never came ends in the middle.
  const end = lost ? (x1 + x2) / 2 : x2;
  const head = 6 * Math.sign(x2 - x1);
  return (
    <g className="message" data-kind={kind} data-failed={failed}>
      <line x1={x1} x2={end} y1={y} y2={y} />
      {lost ? (
        <path d={`M${end - 5} ${y - 5}l10 10m0 -10l-10 10`} />
      ) : (
        <path d={`M${end - head} ${y - 4}L${end} ${y}L${end - head} ${y + 4}`} />
      )}
      <text x={(x1 + x2) / 2} y={y - 5} textAnchor="middle">
        {text}
      </text>
      <title>{`${text} at ${msOf(atUs)}`}</title>
    </g>
  );
}
