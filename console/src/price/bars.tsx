import { numberText, type Plot, rangeText } from './price.ts';

const ROW = 34;
const LABEL = 76;
const WIDTH = 340;
const ROOM = WIDTH - LABEL - 8;

/** A bar to the median, a line from the least to the most of the runs; below it the same as a table. */
export function Bars({ plot: { title, bars, most } }: { readonly plot: Plot }) {
  const xOf = (value: number): number => LABEL + (most === 0 ? 0 : (ROOM * value) / most);
  const height = bars.length * ROW;
  return (
    <figure className="panel plot">
      <figcaption>{title}</figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={`${title}, as in the table below`}>
        {bars.map(({ rung, figure: { median, min, max } }, at) => {
          const middle = at * ROW + ROW / 2;
          return (
            <g key={rung} className="bar">
              <text x={LABEL - 8} y={middle + 4} textAnchor="end">
                {rung}
              </text>
              <rect x={LABEL} y={middle - 9} width={xOf(median) - LABEL} height={18} />
              <path
                d={`M${xOf(min)} ${middle}H${xOf(max)}M${xOf(min)} ${middle - 5}v10M${xOf(max)} ${middle - 5}v10`}
              />
            </g>
          );
        })}
      </svg>
      <table>
        <thead>
          <tr>
            <th scope="col">Rung</th>
            <th scope="col" className="number">
              Median
            </th>
            <th scope="col" className="number">
              Least … most
            </th>
          </tr>
        </thead>
        <tbody>
          {bars.map(({ rung, figure }) => (
            <tr key={rung}>
              <th scope="row">{rung}</th>
              <td className="number">{numberText(figure.median)}</td>
              <td className="number">{rangeText(figure)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}
